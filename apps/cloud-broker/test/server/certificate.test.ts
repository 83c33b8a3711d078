// @module-tag one-engine

import { once } from "node:events";
import { connect } from "node:tls";

import { createLocalhostTls } from "@databox-cmk/testkit";
import { expect, test } from "vitest";

import { openListener } from "../world/open-listener.ts";

test("a new certificate is served to new connections, and a request on an open one is answered", async () => {
  const arrived = Promise.withResolvers<undefined>();
  const finish = Promise.withResolvers<undefined>();
  await using world = await openListener((_request, response) => {
    arrived.resolve(undefined);
    void finish.promise.then(() => response.end("finished"));
  });
  const { listener, transport } = world;
  const running = transport.send("GET", "/");
  await arrived.promise;
  const { authority, server } = createLocalhostTls();
  listener.setCertificate(server);

  const options = { port: listener.port, host: "127.0.0.1", servername: "broker.localhost" };
  const trusting = connect({ ...options, ca: authority.certificatePem });
  await once(trusting, "secureConnect");
  trusting.destroy();
  const old = connect({
    ...options,
    ca: authority.certificatePem,
    minVersion: "TLSv1.1",
    maxVersion: "TLSv1.1",
    ciphers: "DEFAULT@SECLEVEL=0",
  });
  const [refused] = await once(old, "error").catch((error: unknown) => [error]);
  expect(String(refused)).toMatch(/protocol version|alert/i);

  finish.resolve(undefined);
  expect((await running).text).toBe("finished");
});

test("sessions of before are resumed after the certificate was replaced", async () => {
  await using world = await openListener((_request, response) => response.end());
  const { listener } = world;
  const options = { port: listener.port, host: "127.0.0.1", rejectUnauthorized: false };
  const first = connect(options);
  const [session] = (await once(first, "session")) as [Buffer];
  first.destroy();
  listener.setCertificate(createLocalhostTls().server);
  const second = connect({ ...options, session });
  await once(second, "secureConnect");
  expect(second.isSessionReused()).toBe(true);
  second.destroy();
});

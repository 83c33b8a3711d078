import { expect, test } from "vitest";

import { mountPointsOf } from "./mount-points.ts";

const MOUNT_INFO = `22 1 0:21 / /proc rw,nosuid shared:5 - proc proc rw
31 1 254:16 / /var/lib/databox-agent rw - ext4 /dev/vdb rw
40 1 253:0 / /data rw,relatime shared:12 - ext4 /dev/mapper/databox-1 rw
41 40 253:0 /sub /srv/my\\040share rw,relatime shared:12 - ext4 /dev/mapper/databox-1 rw
`;

test("every mount of the device is found, the last one first", () => {
  expect(mountPointsOf(MOUNT_INFO, "253:0")).toEqual(["/srv/my share", "/data"]);
});

test("a device that is mounted nowhere has no mount point", () => {
  expect(mountPointsOf(MOUNT_INFO, "253:1")).toEqual([]);
  expect(mountPointsOf("", "253:0")).toEqual([]);
});

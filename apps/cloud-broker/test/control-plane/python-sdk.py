"""The unmodified azure-mgmt-databox: reads {url, token, ca, subscription, group, key, storage} from stdin, prints what it saw."""

import json
import sys

from azure.core.credentials import AccessToken
from azure.core.exceptions import HttpResponseError
from azure.core.pipeline.transport import RequestsTransport
from azure.mgmt.databox import DataBoxManagementClient
from azure.mgmt.databox import models

world = json.load(sys.stdin)
group = world["group"]


waits = []


class Impatient(RequestsTransport):
    """Notes for how many seconds the SDK wants to wait, and does not."""

    def sleep(self, duration):
        waits.append(duration)


class Credential:
    def get_token(self, *scopes, **options):
        return AccessToken(world["token"], 9_999_999_999)


client = DataBoxManagementClient(
    Credential(),
    world["subscription"],
    base_url=world["url"],
    credential_scopes=[world["url"] + "/.default"],
    transport=Impatient(connection_verify=world["ca"]),
    retry_total=0,
)


def job():
    account = models.StorageAccountDetails(storage_account_id=world["storage"])
    return models.JobResource(
        location="westus",
        sku=models.Sku(name="DataBox"),
        transfer_type="ImportToAzure",
        details=models.DataBoxJobDetails(
            contact_details=models.ContactDetails(
                contact_name="Ada", phone="1", email_list=["ada@example.com"]
            ),
            shipping_address=models.ShippingAddress(
                street_address1="1 Way", country="US", postal_code="94107"
            ),
            data_import_details=[models.DataImportDetails(account_details=account)],
        ),
    )


def key():
    return models.JobResourceUpdateParameter(
        details=models.UpdateJobDetails(
            key_encryption_key=models.KeyEncryptionKey(
                kek_type="CustomerManaged",
                kek_url=world["key"]["kekUrl"],
                kek_vault_resource_id=world["key"]["kekVaultResourceID"],
            )
        )
    )


def identity(kind):
    return models.JobResourceUpdateParameter(identity=models.ResourceIdentity(type=kind))


def seen(call):
    try:
        return call()
    except HttpResponseError as error:
        return {"status": error.status_code, "code": error.error.code}


def ended(name):
    client.jobs.cancel(group, name, models.CancellationReason(reason="no longer needed"))
    client.jobs.begin_delete(group, name).result()
    return client.jobs.get(group, name)


results = {
    "create": seen(lambda: client.jobs.begin_create(group, "python1", job()).result().status),
    "again": seen(lambda: client.jobs.begin_create(group, "python1", job()).result()),
    "stages": seen(
        lambda: len(client.jobs.get(group, "python1", expand="details").details.job_stages)
    ),
    "list": seen(lambda: [item.name for item in client.jobs.list_by_resource_group(group)]),
    "early key": seen(lambda: client.jobs.begin_update(group, "python1", key()).result()),
    "identity": seen(
        lambda: client.jobs.begin_update(group, "python1", identity("SystemAssigned"))
        .result()
        .identity.type
    ),
    "key": seen(
        lambda: client.jobs.begin_update(group, "python1", key())
        .result()
        .details.key_encryption_key.identity_properties.type
    ),
    "credentials": seen(lambda: list(client.jobs.list_credentials(group, "python1"))),
    "ended": seen(lambda: ended("python1")),
}
print(json.dumps(results | {"waits": waits}))

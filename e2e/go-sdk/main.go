// The unmodified Azure SDK for Go, as Debian packages it: reads a stack.json (standard input), does as a customer does, and
// prints what it saw as JSON. Tokens are asked for as this SDK always has: by the v1 endpoint, for the public cloud's Resource Manager, and for a
// vault by the vault's own challenge.
package main

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/services/databox/mgmt/2020-11-01/databox"
	vaults "github.com/Azure/azure-sdk-for-go/services/keyvault/mgmt/2022-07-01/keyvault"
	"github.com/Azure/azure-sdk-for-go/services/keyvault/v7.1/keyvault"
	"github.com/Azure/azure-sdk-for-go/services/msi/mgmt/2018-11-30/msi"
	"github.com/Azure/go-autorest/autorest"
	"github.com/Azure/go-autorest/autorest/adal"
	"github.com/Azure/go-autorest/autorest/azure"
	"github.com/Azure/go-autorest/autorest/date"
	"github.com/Azure/go-autorest/autorest/to"
	"github.com/gofrs/uuid"
)

const name = "gosdk"

type stack struct {
	ArmUrl, AuthorityUrl, VaultSuffix, TenantId, SubscriptionId, ResourceGroup, Location, StorageAccountId string
	Clients                                                                                                []struct{ Role, ClientId, ClientSecret string }
}

type customer struct {
	stack    stack
	http     *http.Client
	arm      autorest.Authorizer
	objectId string
	saw      map[string]any
}

func main() {
	c := customer{http: &http.Client{Transport: loopback()}, saw: map[string]any{}}
	check(json.NewDecoder(os.Stdin).Decode(&c.stack))
	token := c.token("https://management.azure.com/")
	check(token.Refresh())
	c.arm = autorest.NewBearerAuthorizer(token)
	c.objectId = objectIdOf(token.OAuthToken())

	vault := c.createVault()
	identity := c.createIdentity()
	c.useKeys()
	c.permit(*identity.PrincipalID)
	c.order(vault, *identity.ID)
	check(json.NewEncoder(os.Stdout).Encode(c.saw))
}

// Names below localhost are this machine's, whatever its resolver says (RFC 6761 §6.3).
func loopback() *http.Transport {
	transport := http.DefaultTransport.(*http.Transport).Clone()
	transport.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		_, port, err := net.SplitHostPort(address)
		check(err)
		return (&net.Dialer{}).DialContext(ctx, network, net.JoinHostPort("127.0.0.1", port))
	}
	return transport
}

func (c customer) token(resource string) *adal.ServicePrincipalToken {
	config, err := adal.NewOAuthConfig(c.stack.AuthorityUrl, c.stack.TenantId)
	check(err)
	client := c.stack.Clients[0]
	token, err := adal.NewServicePrincipalToken(*config, client.ClientId, client.ClientSecret, resource)
	check(err)
	token.SetSender(c.http)
	return token
}

func objectIdOf(token string) string {
	var claims struct{ Oid string }
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	check(err)
	check(json.Unmarshal(payload, &claims))
	return claims.Oid
}

func (c customer) vaultsClient() vaults.VaultsClient {
	client := vaults.NewVaultsClientWithBaseURI(c.stack.ArmUrl, c.stack.SubscriptionId)
	client.Authorizer, client.Sender = c.arm, c.http
	return client
}

func (c customer) createVault() vaults.Vault {
	client := c.vaultsClient()
	tenant := uuid.FromStringOrNil(c.stack.TenantId)
	all := vaults.PossibleKeyPermissionsValues()
	created, err := client.CreateOrUpdate(ctx(), c.stack.ResourceGroup, name, vaults.VaultCreateOrUpdateParameters{
		Location: &c.stack.Location,
		Properties: &vaults.VaultProperties{
			TenantID:              &tenant,
			Sku:                   &vaults.Sku{Family: to.StringPtr("A"), Name: vaults.Standard},
			AccessPolicies:        &[]vaults.AccessPolicyEntry{{TenantID: &tenant, ObjectID: &c.objectId, Permissions: &vaults.Permissions{Keys: &all}}},
			EnablePurgeProtection: to.BoolPtr(true),
		},
	})
	check(err)
	check(created.WaitForCompletionRef(ctx(), client.Client))
	vault, err := created.Result(client)
	check(err)
	c.saw["vault"] = *vault.Properties.VaultURI == fmt.Sprintf("https://%s.%s/", name, c.stack.VaultSuffix)
	return vault
}

func (c customer) createIdentity() msi.Identity {
	client := msi.NewUserAssignedIdentitiesClientWithBaseURI(c.stack.ArmUrl, c.stack.SubscriptionId)
	client.Authorizer, client.Sender = c.arm, c.http
	identity, err := client.CreateOrUpdate(ctx(), c.stack.ResourceGroup, name, msi.Identity{Location: &c.stack.Location})
	check(err)
	return identity
}

func (c customer) permit(principal uuid.UUID) {
	tenant := uuid.FromStringOrNil(c.stack.TenantId)
	_, err := c.vaultsClient().UpdateAccessPolicy(ctx(), c.stack.ResourceGroup, name, vaults.Add, vaults.VaultAccessPolicyParameters{
		Properties: &vaults.VaultAccessPolicyProperties{AccessPolicies: &[]vaults.AccessPolicyEntry{{
			TenantID:    &tenant,
			ObjectID:    to.StringPtr(principal.String()),
			Permissions: &vaults.Permissions{Keys: &[]vaults.KeyPermissions{"get", "wrapKey", "unwrapKey"}},
		}}},
	})
	check(err)
}

// Everything that a key goes through in its life, and is usable after it.
func (c customer) useKeys() {
	client := keyvault.New()
	client.Sender = c.http
	client.Authorizer = autorest.NewBearerAuthorizerCallback(c.http, func(tenant, resource string) (*autorest.BearerAuthorizer, error) {
		return autorest.NewBearerAuthorizer(c.token(resource)), nil
	})
	url := fmt.Sprintf("https://%s.%s", name, c.stack.VaultSuffix)
	key, err := client.CreateKey(ctx(), url, "kek", keyvault.KeyCreateParameters{Kty: keyvault.RSA, KeySize: to.Int32Ptr(2048)})
	check(err)
	c.saw["recovery level"] = key.Attributes.RecoveryLevel

	secret := base64.RawURLEncoding.EncodeToString([]byte("thirty-two bytes of a content key"))
	wrapped, err := client.WrapKey(ctx(), url, "kek", "", cipher(&secret))
	check(err)
	unwrapped, err := client.UnwrapKey(ctx(), url, "kek", "", cipher(wrapped.Result))
	check(err)
	c.saw["unwraps what it wrapped"] = *unwrapped.Result == secret

	// This SDK writes dates with a fraction of a second.
	expires := date.UnixTime(time.Now().Add(time.Hour))
	set := func(attributes keyvault.KeyAttributes) {
		_, err := client.UpdateKey(ctx(), url, "kek", "", keyvault.KeyUpdateParameters{KeyAttributes: &attributes})
		check(err)
	}
	set(keyvault.KeyAttributes{Enabled: to.BoolPtr(false), Expires: &expires})
	_, err = client.UnwrapKey(ctx(), url, "kek", "", cipher(wrapped.Result))
	c.saw["disabled"] = refusal(err)
	set(keyvault.KeyAttributes{Enabled: to.BoolPtr(true)})

	for _, other := range []string{"a", "b", "c"} {
		_, err := client.CreateKey(ctx(), url, other, keyvault.KeyCreateParameters{Kty: keyvault.EC, Curve: keyvault.P256})
		check(err)
	}
	keys, err := client.GetKeysComplete(ctx(), url, to.Int32Ptr(3))
	check(err)
	listed := 0
	for ; keys.NotDone(); listed++ {
		check(keys.NextWithContext(ctx()))
	}
	c.saw["keys, three a page"] = listed

	_, err = client.DeleteKey(ctx(), url, "kek")
	check(err)
	eventually(func() error { _, err := client.GetDeletedKey(ctx(), url, "kek"); return err })
	_, err = client.PurgeDeletedKey(ctx(), url, "kek")
	c.saw["purge"] = refusal(err)
	_, err = client.RecoverDeletedKey(ctx(), url, "kek")
	check(err)
	eventually(func() error { _, err := client.GetKey(ctx(), url, "kek", ""); return err })
	_, err = client.GetKey(ctx(), url, "none", "")
	c.saw["no such key"] = refusal(err)
}

func cipher(value *string) keyvault.KeyOperationsParameters {
	return keyvault.KeyOperationsParameters{Algorithm: keyvault.RSAOAEP256, Value: value}
}

func (c customer) order(vault vaults.Vault, identity string) {
	client := databox.NewJobsClientWithBaseURI(c.stack.ArmUrl, c.stack.SubscriptionId)
	client.Authorizer, client.Sender, client.PollingDelay = c.arm, c.http, 100*time.Millisecond
	group := c.stack.ResourceGroup
	created, err := client.Create(ctx(), group, name, databox.JobResource{
		Location: &c.stack.Location,
		Sku:      &databox.Sku{Name: databox.DataBox},
		Identity: &databox.ResourceIdentity{
			Type:                   to.StringPtr("UserAssigned"),
			UserAssignedIdentities: map[string]*databox.UserAssignedIdentity{identity: {}},
		},
		JobProperties: &databox.JobProperties{TransferType: databox.ImportToAzure, Details: databox.JobDetailsType{
			JobDetailsType: databox.JobDetailsTypeDataBox,
			ContactDetails: &databox.ContactDetails{ContactName: to.StringPtr("Ada"), Phone: to.StringPtr("5551234"), EmailList: &[]string{"ada@contoso.example"}},
			ShippingAddress: &databox.ShippingAddress{
				StreetAddress1: to.StringPtr("1 Main Street"), City: to.StringPtr("Redmond"), StateOrProvince: to.StringPtr("WA"),
				Country: to.StringPtr("US"), PostalCode: to.StringPtr("98052"), AddressType: databox.Commercial,
			},
			DataImportDetails: &[]databox.DataImportDetails{{
				AccountDetails: databox.StorageAccountDetails{StorageAccountID: &c.stack.StorageAccountId, DataAccountType: databox.DataAccountTypeStorageAccount},
			}},
		}},
	})
	check(err)
	check(created.WaitForCompletionRef(ctx(), client.Client))
	job, err := created.Result(client)
	check(err)
	c.saw["order"] = job.Status

	key := fmt.Sprintf("https://%s.%s/keys/kek", name, c.stack.VaultSuffix)
	updated, err := client.Update(ctx(), group, name, databox.JobResourceUpdateParameter{
		UpdateJobProperties: &databox.UpdateJobProperties{Details: &databox.UpdateJobDetails{KeyEncryptionKey: &databox.KeyEncryptionKey{
			KekType: databox.CustomerManaged, KekURL: &key, KekVaultResourceID: vault.ID,
			IdentityProperties: &databox.IdentityProperties{
				Type:         to.StringPtr("UserAssigned"),
				UserAssigned: &databox.UserAssignedProperties{ResourceID: &identity},
			},
		}}},
	}, "")
	check(err)
	check(updated.WaitForCompletionRef(ctx(), client.Client))
	job, err = client.Get(ctx(), group, name, "details")
	check(err)
	details, ok := job.Details.AsJobDetailsType()
	if !ok {
		fail("details of another type")
	}
	c.saw["key"] = details.KeyEncryptionKey.KekType
	c.saw["stages"] = len(*details.JobStages)

	_, err = client.ListCredentials(ctx(), group, name)
	c.saw["credentials"] = refusal(err)
	_, err = client.Cancel(ctx(), group, name, databox.CancellationReason{Reason: to.StringPtr("tried")})
	check(err)
	deleted, err := client.Delete(ctx(), group, name)
	check(err)
	check(deleted.WaitForCompletionRef(ctx(), client.Client))
	_, err = client.Get(ctx(), group, name, "")
	c.saw["deleted"] = refusal(err)
}

// Status and codes as this SDK reads them.
func refusal(err error) []any {
	detailed, ok := err.(autorest.DetailedError)
	if !ok {
		fail(fmt.Sprintf("no refusal: %v", err))
	}
	seen := []any{detailed.StatusCode}
	if request, ok := detailed.Original.(*azure.RequestError); ok && request.ServiceError != nil {
		seen = append(seen, request.ServiceError.Code)
		if inner, ok := request.ServiceError.InnerError["code"]; ok {
			seen = append(seen, inner)
		}
	}
	return seen
}

// Deleting and recovering a key takes a vault some time.
func eventually(try func() error) {
	err := try()
	for attempt := 0; err != nil && attempt < 100; attempt++ {
		time.Sleep(100 * time.Millisecond)
		err = try()
	}
	check(err)
}

func ctx() context.Context { return context.Background() }

func check(err error) {
	if err != nil {
		fail(err.Error())
	}
}

func fail(message string) {
	fmt.Fprintln(os.Stderr, message)
	os.Exit(1)
}

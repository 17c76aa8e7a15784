package scenario

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/organizations"
	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/estate"
	"github.com/rogpeppe/go-internal/testscript"
)

// organise puts the accounts of an estate into one organisation, which the first of them manages.
func organise(a *awssim.Assembly, es *estate.Estate) {
	management := ""
	for _, u := range es.Units {
		id := u.Account.Or("")
		if management == "" {
			management = id
			a.Parts.Organizations.Found("aws", id)
		}
		a.Parts.Organizations.AddAccount(management, id, "team-"+id[:3])
	}
}

// organisationCommand does what the owner of an organisation would: organisation close ACCOUNT, organisation delegate ACCOUNT, or
// organisation unit ACCOUNT..., which moves accounts below a unit of a unit and sets OU to the upper one.
func organisationCommand(ts *testscript.TestScript, _ bool, args []string) {
	ctx := context.Background()
	org := organizations.New(organizations.Options{Region: "us-east-1", BaseEndpoint: aws.String(ts.Getenv("AWS_ENDPOINT_URL")),
		Credentials: credentials.NewStaticCredentialsProvider(ts.Getenv("AWS_ACCESS_KEY_ID"), "any", "")})
	switch args[0] {
	case "close":
		_, err := org.CloseAccount(ctx, &organizations.CloseAccountInput{AccountId: &args[1]})
		ts.Check(err)
	case "delegate":
		_, err := org.RegisterDelegatedAdministrator(ctx, &organizations.RegisterDelegatedAdministratorInput{AccountId: &args[1], ServicePrincipal: aws.String("backup.amazonaws.com")})
		ts.Check(err)
	case "unit":
		roots, err := org.ListRoots(ctx, &organizations.ListRootsInput{})
		ts.Check(err)
		root := roots.Roots[0].Id
		upper, err := org.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{ParentId: root, Name: aws.String("upper")})
		ts.Check(err)
		lower, err := org.CreateOrganizationalUnit(ctx, &organizations.CreateOrganizationalUnitInput{ParentId: upper.OrganizationalUnit.Id, Name: aws.String("lower")})
		ts.Check(err)
		for _, id := range args[1:] {
			_, err := org.MoveAccount(ctx, &organizations.MoveAccountInput{AccountId: &id, SourceParentId: root, DestinationParentId: lower.OrganizationalUnit.Id})
			ts.Check(err)
		}
		ts.Setenv("OU", *upper.OrganizationalUnit.Id)
	default:
		ts.Fatalf("organisation %s: unknown", strings.Join(args, " "))
	}
}

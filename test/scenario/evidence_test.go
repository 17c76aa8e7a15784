package scenario

import (
	"context"
	"os"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	ddb "github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"
	"github.com/restorable/restorable/internal/drill/evidence"
	"github.com/restorable/restorable/internal/drill/evidence/evidencetest"
	"github.com/restorable/restorable/internal/drill/evidence/keys"
	"github.com/rogpeppe/go-internal/testscript"
)

// evidenceCommand writes the evidence of a sample drill: evidence passed|failed|hostile FILE [KEY]. evidence change FILE flips one bit.
func evidenceCommand(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: evidence passed|failed|hostile FILE [KEY], or evidence change FILE")
	}
	if args[0] == "change" {
		file := []byte(ts.ReadFile(args[1]))
		file[len(file)/2] ^= 1
		ts.Check(os.WriteFile(ts.MkAbs(args[1]), file, 0o644))
		return
	}
	d := evidencetest.Passed()
	switch args[0] {
	case "failed":
		d = evidencetest.Failed()
	case "hostile":
		d = evidencetest.Hostile()
	}
	file, err := evidence.Unsigned(d)
	if len(args) > 2 {
		k, openErr := keys.Open(ts.MkAbs(args[2]))
		ts.Check(openErr)
		file, err = evidence.Sign(context.Background(), d, k)
	}
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), file, 0o644))
}

// signkeyCommand makes a key of KMS that signs, and says where it is in KMS_ALIAS; KMS_AWS is a key that does not sign: signkey ALIAS.
func signkeyCommand(ts *testscript.TestScript, _ bool, args []string) {
	region, account := ts.Getenv("AWS_REGION"), ts.Getenv("AWS_ACCESS_KEY_ID")
	client := kms.New(kms.Options{Region: region, BaseEndpoint: aws.String(ts.Getenv("AWS_ENDPOINT_URL")),
		Credentials: credentials.NewStaticCredentialsProvider(account, "any", "")})
	made, err := client.CreateKey(context.Background(), &kms.CreateKeyInput{KeySpec: types.KeySpecEccNistP256, KeyUsage: types.KeyUsageTypeSignVerify})
	ts.Check(err)
	_, err = client.CreateAlias(context.Background(), &kms.CreateAliasInput{AliasName: aws.String("alias/" + args[0]), TargetKeyId: made.KeyMetadata.KeyId})
	ts.Check(err)
	prefix := "arn:aws:kms:" + region + ":" + account + ":alias/"
	ts.Setenv("KMS_ALIAS", prefix+args[0])
	ts.Setenv("KMS_AWS", prefix+"aws/dynamodb")
}

// plantCommand puts an item into the demo's table orders, under a key and with a value that nothing else has: plant KEY VALUE.
func plantCommand(ts *testscript.TestScript, _ bool, args []string) {
	client := dynamodb.New(dynamodb.Options{Region: ts.Getenv("AWS_REGION"), BaseEndpoint: aws.String(ts.Getenv("AWS_ENDPOINT_URL")),
		Credentials: credentials.NewStaticCredentialsProvider(ts.Getenv("AWS_ACCESS_KEY_ID"), "any", "")})
	text := func(s string) ddb.AttributeValue { return &ddb.AttributeValueMemberS{Value: s} }
	_, err := client.PutItem(context.Background(), &dynamodb.PutItemInput{TableName: aws.String("orders"),
		Item: map[string]ddb.AttributeValue{"customer_id": text(args[0]), "order_id": text(args[0]), "status": text("paid"), "note": text(args[1])}})
	ts.Check(err)
}

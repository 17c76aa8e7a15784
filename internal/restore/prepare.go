package restore

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/restorable/restorable/internal/awsapi"
	"github.com/restorable/restorable/internal/restore/settings"
)

// Free looks whether a Region has no table of a name. The error is a *TakenError when it has.
func Free(ctx context.Context, account *awsapi.Account, region, name string) error {
	s := account.Scope(region)
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.DescribeTable, Resource: name}, s.DynamoDB.DescribeTable, &dynamodb.DescribeTableInput{TableName: &name})
	switch code, _, _ := awsapi.Classify(err); {
	case code == "ResourceNotFoundException":
		return nil
	case err != nil:
		return err
	case out.Table == nil:
		return awsapi.Missing(answer, "table")
	}
	return &TakenError{Table: name, Region: region, Status: string(out.Table.TableStatus)}
}

// KeyOfPoint is what a recovery point of AWS Backup says its table was encrypted with. A customer's key and one that AWS manages look alike
// here: it counts as a customer's.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_GetRecoveryPointRestoreMetadata.html
func KeyOfPoint(ctx context.Context, account *awsapi.Account, region, vault, arn string) (Key, error) {
	s := account.Scope(region)
	out, _, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.GetRecoveryPointRestoreMetadata, Resource: arn}, s.Backup.GetRecoveryPointRestoreMetadata,
		&backup.GetRecoveryPointRestoreMetadataInput{BackupVaultName: &vault, RecoveryPointArn: &arn})
	if err != nil {
		return Key{}, err
	}
	key, level := "", ""
	for k, v := range out.RestoreMetadata {
		switch strings.ToLower(k) {
		case "kmsmasterkeyarn":
			key = v
		case "encryptiontype":
			level = v
		}
	}
	switch {
	case key != "":
		return Key{Level: Customer, ARN: key}, nil
	case strings.EqualFold(level, "KMS"):
		return Key{Level: AWSManaged}, nil
	case strings.EqualFold(level, "Default"):
		return Key{Level: AWSOwned}, nil
	}
	return Key{}, nil
}

// Fit looks at the key that a new table is to have, and returns it with its full ARN. A key that AWS manages is said to be one. The error is
// a *GoneError when the key cannot be used.
func Fit(ctx context.Context, account *awsapi.Account, region string, k Key) (Key, error) {
	if k.Level != Customer {
		return k, nil
	}
	s := account.Scope(region)
	out, answer, err := awsapi.Invoke(ctx, awsapi.Ask{Scope: s, Call: awsapi.DescribeKey, Resource: k.ARN}, s.KMS.DescribeKey, &kms.DescribeKeyInput{KeyId: &k.ARN})
	if code, message, _ := awsapi.Classify(err); code == "NotFoundException" {
		return k, &GoneError{What: "there is no key " + k.ARN + " in " + region + ": " + message, Err: err}
	}
	if err != nil {
		return k, err
	}
	m := out.KeyMetadata
	if m == nil {
		return k, awsapi.Missing(answer, "key")
	}
	if m.KeyState != types.KeyStateEnabled {
		return k, &GoneError{What: "the key " + aws.ToString(m.Arn) + " is " + string(m.KeyState) + ", and a table cannot be encrypted with it"}
	}
	if m.KeyManager == types.KeyManagerTypeAws {
		return Key{Level: AWSManaged, Asked: k.Asked}, nil
	}
	return Key{Level: Customer, ARN: aws.ToString(m.Arn), Asked: k.Asked}, nil
}

// KeyFor is the key of a new table in a Region whose source has these settings, when nobody chose one: the same, or as strong. A key lives in
// one Region; one that is multi-Region has a replica of the same id there, perhaps.
// https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html
func KeyFor(source settings.Settings, from, to string) (Key, error) {
	level, arn := source.Key()
	return keyFor(Key{Level: level, ARN: arn}, from, to)
}

// KeyLike is KeyFor with a key that is known otherwise.
func KeyLike(k Key, to string) (Key, error) { return keyFor(k, regionOf(k.ARN), to) }

func keyFor(k Key, from, to string) (Key, error) {
	switch {
	case k.Level == "":
		return k, invalid("--encryption aws-owned, aws-managed or the ARN of a key", "what the table is encrypted with is not known, so that nothing as strong can be chosen")
	case k.Level != Customer:
		return Key{Level: k.Level}, nil
	case from == to || from == "":
		return k, nil
	case strings.Contains(k.ARN, "key/mrk-"):
		return Key{Level: Customer, ARN: strings.Replace(k.ARN, ":"+from+":", ":"+to+":", 1)}, nil
	}
	return k, invalid("--encryption with the ARN of a key in "+to, "the table is encrypted with %s, a key of %s alone", k.ARN, from)
}

package wire

import (
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/backup"
	backuptypes "github.com/aws/aws-sdk-go-v2/service/backup/types"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"github.com/restorable/restorable/internal/awssim/model"
)

func BenchmarkLoadModels(b *testing.B) {
	names, err := model.Names()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, n := range names {
			if _, err := model.Load(n); err != nil {
				b.Fatal(err)
			}
		}
	}
}

// BenchmarkScanPage writes a page of 1 MB.
func BenchmarkScanPage(b *testing.B) {
	c := codecOf(b, "dynamodb")
	out := &dynamodb.ScanOutput{}
	for i := range 2500 {
		out.Items = append(out.Items, map[string]types.AttributeValue{
			"id": &types.AttributeValueMemberS{Value: fmt.Sprint(i)}, "n": &types.AttributeValueMemberN{Value: "1"}, "text": &types.AttributeValueMemberS{Value: strings.Repeat("x", 380)},
		})
	}
	for b.Loop() {
		if r, err := c.Encode(JSON, c.Model.Operations["Scan"], out, ""); err != nil || len(r.Body) < 1e6 {
			b.Fatal(err, len(r.Body))
		}
	}
}

func BenchmarkDecodeItem(b *testing.B) {
	c := codecOf(b, "dynamodb")
	body := []byte(`{"TableName":"orders","Item":{"id":{"S":"1"},"n":{"N":"1"},"text":{"S":"` + strings.Repeat("x", 380) + `"}}}`)
	for b.Loop() {
		if err := c.Decode(c.Model.Operations["PutItem"], Request{Body: body}, &dynamodb.PutItemInput{}); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRecoveryPointPage writes a page of 1,000 recovery points.
func BenchmarkRecoveryPointPage(b *testing.B) {
	c := codecOf(b, "backup")
	out := &backup.ListRecoveryPointsByBackupVaultOutput{}
	for range 1000 {
		out.RecoveryPoints = append(out.RecoveryPoints, backuptypes.RecoveryPointByBackupVault{
			RecoveryPointArn: aws.String("arn:aws:backup:eu-west-1:111122223333:recovery-point:x"), BackupVaultName: aws.String("v"), Status: "COMPLETED", ResourceType: aws.String("DynamoDB"),
		})
	}
	for b.Loop() {
		if _, err := c.Encode(RESTJSON, c.Model.Operations["ListRecoveryPointsByBackupVault"], out, ""); err != nil {
			b.Fatal(err)
		}
	}
}

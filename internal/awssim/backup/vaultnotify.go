package backup

import (
	sdk "github.com/aws/aws-sdk-go-v2/service/backup"

	"github.com/restorable/restorable/internal/awssim/api"
)

func (s *Service) putNotifications(c *api.Call, in *sdk.PutBackupVaultNotificationsInput) (*sdk.PutBackupVaultNotificationsOutput, error) {
	v, err := s.usable(c, in.BackupVaultName, "PutBackupVaultNotifications")
	if err != nil {
		return nil, err
	}
	topic, ok := parseARN(deref(in.SNSTopicArn))
	if !ok || topic.service != "sns" {
		return nil, invalid("Invalid SNS topic ARN: %s", deref(in.SNSTopicArn))
	}
	if len(in.BackupVaultEvents) == 0 {
		return nil, missingParameter("BackupVaultEvents")
	}
	v.topic, v.events = *in.SNSTopicArn, in.BackupVaultEvents
	return &sdk.PutBackupVaultNotificationsOutput{}, nil
}

func (s *Service) getNotifications(c *api.Call, in *sdk.GetBackupVaultNotificationsInput) (*sdk.GetBackupVaultNotificationsOutput, error) {
	v, err := s.usable(c, in.BackupVaultName, "GetBackupVaultNotifications")
	if err != nil {
		return nil, err
	}
	if v.topic == "" {
		return nil, notFound("Failed reading notifications from database for Backup vault %s", v.name)
	}
	return &sdk.GetBackupVaultNotificationsOutput{BackupVaultArn: &v.arn, BackupVaultName: &v.name, SNSTopicArn: always(v.topic), BackupVaultEvents: v.events}, nil
}

func (s *Service) deleteNotifications(c *api.Call, in *sdk.DeleteBackupVaultNotificationsInput) (*sdk.DeleteBackupVaultNotificationsOutput, error) {
	v, err := s.usable(c, in.BackupVaultName, "DeleteBackupVaultNotifications")
	if err != nil {
		return nil, err
	}
	v.topic, v.events = "", nil
	return &sdk.DeleteBackupVaultNotificationsOutput{}, nil
}

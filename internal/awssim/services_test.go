package awssim_test

import (
	"reflect"
	"testing"

	"github.com/restorable/restorable/internal/awssim"
	"github.com/restorable/restorable/internal/awssim/model"
	"github.com/restorable/restorable/internal/awssim/wire"
)

const newerThanSDK = "newer than the SDK; nothing here encrypts networks or records its own log files"

const alarmOnQuery = "a union that the SDK models as an interface; alarms on tables' metrics do not carry it"

// unheld names members that the models have and our structs deliberately cannot hold, with the reason.
var unheld = map[string]string{
	"kms:ListKeys input ResourceOwners: no such field in kms.ListKeysInput":                                                                        "newer than the SDK; no other account shares keys here",
	"monitoring:PutMetricAlarm input EvaluationCriteria: a structure does not fit types.EvaluationCriteria":                                        alarmOnQuery,
	"monitoring:PutMetricAlarm input EvaluationWindow: a structure does not fit types.EvaluationWindow":                                            alarmOnQuery,
	"monitoring:DescribeAlarms output MetricAlarms[].EvaluationCriteria: a structure does not fit types.EvaluationCriteria":                        alarmOnQuery,
	"monitoring:DescribeAlarms output MetricAlarms[].EvaluationWindow: a structure does not fit types.EvaluationWindow":                            alarmOnQuery,
	"ec2:CreateVpc input VpcEncryptionControl.ApiGatewayV2Exclusion: no such field in types.VpcEncryptionControlConfiguration":                     newerThanSDK,
	"ec2:CreateVpc input VpcEncryptionControl.GlobalAcceleratorExclusion: no such field in types.VpcEncryptionControlConfiguration":                newerThanSDK,
	"ec2:CreateVpc output Vpc.EncryptionControl.ResourceExclusions.ApiGatewayV2: no such field in types.VpcEncryptionControlExclusions":            newerThanSDK,
	"ec2:CreateVpc output Vpc.EncryptionControl.ResourceExclusions.GlobalAccelerator: no such field in types.VpcEncryptionControlExclusions":       newerThanSDK,
	"ec2:DescribeVpcs output Vpcs[].EncryptionControl.ResourceExclusions.ApiGatewayV2: no such field in types.VpcEncryptionControlExclusions":      newerThanSDK,
	"ec2:DescribeVpcs output Vpcs[].EncryptionControl.ResourceExclusions.GlobalAccelerator: no such field in types.VpcEncryptionControlExclusions": newerThanSDK,
	"cloudtrail:CreateTrail input RecursiveLogging: no such field in cloudtrail.CreateTrailInput":                                                  newerThanSDK,
	"cloudtrail:CreateTrail output RecursiveLogging: no such field in cloudtrail.CreateTrailOutput":                                                newerThanSDK,
	"cloudtrail:UpdateTrail input RecursiveLogging: no such field in cloudtrail.UpdateTrailInput":                                                  newerThanSDK,
	"cloudtrail:UpdateTrail output RecursiveLogging: no such field in cloudtrail.UpdateTrailOutput":                                                newerThanSDK,
	"cloudtrail:GetTrail output Trail.RecursiveLogging: no such field in types.Trail":                                                              newerThanSDK,
	"cloudtrail:DescribeTrails output trailList[].RecursiveLogging: no such field in types.Trail":                                                  newerThanSDK,
}

// TestStructsHoldTheirModels: a member that a struct lacks would be dropped in silence, in requests and in answers.
func TestStructsHoldTheirModels(t *testing.T) {
	a, err := awssim.Assemble(awssim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range a.Services {
		m, err := model.Load(s.Model)
		if err != nil {
			t.Fatal(err)
		}
		c := wire.New(m)
		for _, op := range s.Operations {
			shape := m.Operations[op.Name]
			if shape == nil {
				t.Errorf("%s: model %s has no operation %s", s.Name, s.Model, op.Name)
				continue
			}
			report(t, s.Name+":"+op.Name+" input", c.Missing(reflect.TypeOf(op.New()).Elem(), shape.Input))
			report(t, s.Name+":"+op.Name+" output", c.Missing(reflect.TypeOf(op.Out()).Elem(), shape.Output))
		}
	}
}

func report(t *testing.T, where string, missing []string) {
	t.Helper()
	for _, m := range missing {
		if unheld[where+" "+m] == "" {
			t.Errorf("%s: %s", where, m)
		}
	}
}

// TestServicesAreWhatTheirModelsSay: the name under which a service is registered is the one that clients sign for.
func TestServicesAreWhatTheirModelsSay(t *testing.T) {
	a, err := awssim.Assemble(awssim.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range a.Services {
		m, err := model.Load(s.Model)
		if err != nil {
			t.Fatal(err)
		}
		if s.Name != m.Metadata.SigningName {
			t.Errorf("service %s is signed for as %s", s.Name, m.Metadata.SigningName)
		}
		buckets := map[string]bool{awssim.EveryCall: true}
		for _, op := range s.Operations {
			buckets[op.Name], buckets[op.Bucket] = true, true
		}
		for name, r := range s.Rates {
			if !buckets[name] || r.PerSecond <= 0 || r.Burst < 1 {
				t.Errorf("service %s: rate %s %+v belongs to no operation or lets nothing through", s.Name, name, r)
			}
		}
	}
}

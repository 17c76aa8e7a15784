package report

import (
	"cmp"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/restorable/restorable/internal/control"
	"github.com/restorable/restorable/internal/estate"
	"github.com/restorable/restorable/internal/terminal"
)

// ocsfWriter writes an array of events, one a line.
type ocsfWriter struct {
	stream
	head     Head
	controls map[string]*control.Control
}

// NewOCSF writes every finding as an event of OCSF 1.6, class Compliance Finding (https://schema.ocsf.io/1.6.0/classes/compliance_finding),
// with the profile cloud where account or Region are known. FAIL and PASS are compliance statuses of the same name, UNKNOWN is Unknown,
// NOT_APPLICABLE is Other. What is muted has the status Suppressed. The severity is the control's, and Informational where nothing is wrong.
func NewOCSF(w io.Writer) Writer { return &ocsfWriter{stream: newStream(w)} }

// The numbers that the class stands for.
const (
	ocsfVersion  = "1.6.0"
	ocsfCategory = 2
	ocsfClass    = 2003
	ocsfCreate   = 1
	ocsfType     = ocsfClass*100 + ocsfCreate
)

type (
	ocsfEvent struct {
		ActivityID   int              `json:"activity_id"`
		Activity     string           `json:"activity_name"`
		CategoryUID  int              `json:"category_uid"`
		Category     string           `json:"category_name"`
		ClassUID     int              `json:"class_uid"`
		Class        string           `json:"class_name"`
		TypeUID      int              `json:"type_uid"`
		Type         string           `json:"type_name"`
		SeverityID   int              `json:"severity_id"`
		Severity     string           `json:"severity"`
		StatusID     int              `json:"status_id"`
		Status       string           `json:"status"`
		StatusCode   string           `json:"status_code"`
		StatusDetail string           `json:"status_detail,omitempty"`
		Message      string           `json:"message"`
		Time         ocsfTime         `json:"time"`
		Metadata     ocsfMetadata     `json:"metadata"`
		FindingInfo  ocsfFinding      `json:"finding_info"`
		Compliance   ocsfCompliance   `json:"compliance"`
		Resources    []ocsfResource   `json:"resources"`
		Cloud        *ocsfCloud       `json:"cloud,omitempty"`
		Remediation  *ocsfRemediation `json:"remediation,omitempty"`
		Unmapped     ocsfUnmapped     `json:"unmapped"`
	}
	ocsfTime     int64 // milliseconds since 1970
	ocsfMetadata struct {
		Version  string      `json:"version"`
		Profiles []string    `json:"profiles,omitempty"`
		Product  ocsfProduct `json:"product"`
		Code     string      `json:"event_code"`
	}
	ocsfProduct struct {
		Name    string `json:"name"`
		Vendor  string `json:"vendor_name"`
		Version string `json:"version"`
	}
	ocsfFinding struct {
		UID     string   `json:"uid"`
		Title   string   `json:"title"`
		Desc    string   `json:"desc"`
		Created ocsfTime `json:"created_time"`
		Types   []string `json:"types"`
	}
	ocsfCompliance struct {
		Control      string      `json:"control"`
		Desc         string      `json:"desc,omitempty"`
		Standards    []string    `json:"standards"`
		Requirements []string    `json:"requirements,omitempty"`
		StatusID     int         `json:"status_id"`
		Status       string      `json:"status"`
		Details      []string    `json:"status_details"`
		Checks       []ocsfCheck `json:"checks"`
	}
	ocsfCheck struct {
		UID        string `json:"uid"`
		Name       string `json:"name"`
		SeverityID int    `json:"severity_id"`
		Severity   string `json:"severity"`
		StatusID   int    `json:"status_id"`
		Status     string `json:"status"`
	}
	ocsfResource struct {
		UID       string `json:"uid,omitempty"`
		Name      string `json:"name"`
		Type      string `json:"type"`
		Region    string `json:"region,omitempty"`          // of the profile cloud
		Partition string `json:"cloud_partition,omitempty"` // of the profile cloud
	}
	ocsfCloud struct {
		Provider  string       `json:"provider"`
		Region    string       `json:"region,omitempty"`
		Partition string       `json:"cloud_partition,omitempty"`
		Account   *ocsfAccount `json:"account,omitempty"`
	}
	ocsfAccount struct {
		UID    string `json:"uid"`
		TypeID int    `json:"type_id"`
		Type   string `json:"type"`
	}
	ocsfRemediation struct {
		Desc       string   `json:"desc"`
		References []string `json:"references,omitempty"`
	}
	ocsfUnmapped struct {
		Verdict   control.Verdict   `json:"verdict"`
		Muted     bool              `json:"muted"`
		Attested  bool              `json:"attested"`
		Exception string            `json:"exception,omitempty"`
		Baseline  Baseline          `json:"baseline,omitempty"`
		Objective string            `json:"objective,omitempty"`
		Location  *control.Location `json:"location,omitempty"`
		Address   string            `json:"address,omitempty"`
		Evidence  []evidence        `json:"evidence"`
	}
)

func (o *ocsfWriter) Begin(h Head) error {
	o.head, o.controls = h, map[string]*control.Control{}
	for _, c := range h.Controls {
		o.controls[c.ID] = c
	}
	o.text("[")
	return o.err
}

func (o *ocsfWriter) Finding(e Entry) error {
	o.element(o.event(e))
	return o.err
}

func (o *ocsfWriter) End(Tail) error {
	o.text("\n]\n")
	return o.flush()
}

func (o *ocsfWriter) event(e Entry) ocsfEvent {
	at := millis(o.head.StartedAt)
	severity := e.Severity
	if e.Verdict == control.Pass || e.Verdict == control.NotApplicable {
		severity = control.Info
	}
	out := ocsfEvent{
		ActivityID: ocsfCreate, Activity: "Create", CategoryUID: ocsfCategory, Category: "Findings", ClassUID: ocsfClass, Class: "Compliance Finding",
		TypeUID: ocsfType, Type: "Compliance Finding: Create", SeverityID: ocsfSeverityID(severity), Severity: ocsfSeverity(severity),
		StatusID: 1, Status: "New", StatusCode: string(e.Verdict), Message: terminal.Clean(e.Reason), Time: at,
		Metadata:    ocsfMetadata{Version: ocsfVersion, Product: ocsfProduct{o.head.Tool.Name, o.head.Tool.Name, o.head.Tool.Version}, Code: e.Control},
		FindingInfo: ocsfFinding{UID: e.Fingerprint, Title: cmp.Or(e.Title, e.Control), Desc: terminal.Clean(e.Reason), Created: at, Types: []string{"Recoverability"}},
		Compliance:  o.compliance(e), Resources: []ocsfResource{ocsfResourceOf(e)}, Unmapped: ocsfRest(e),
	}
	if e.Muted || e.Attestation != nil {
		out.StatusID, out.Status = 3, "Suppressed"
	}
	if cloud := ocsfCloudOf(e); cloud != nil {
		out.Cloud, out.Metadata.Profiles = cloud, []string{"cloud"}
	}
	out.Remediation = o.remediation(e)
	return out
}

func millis(at estate.Instant) ocsfTime { return ocsfTime(at.Time().UnixMilli()) }

func (o *ocsfWriter) compliance(e Entry) ocsfCompliance {
	id, status := ocsfStatus(e.Verdict)
	out := ocsfCompliance{Control: e.Control, Standards: slices.Sorted(maps.Keys(e.Frameworks)), Requirements: requirements(e), StatusID: id, Status: status,
		Details: []string{terminal.Clean(e.Reason)},
		Checks:  []ocsfCheck{{e.Control, cmp.Or(e.Title, e.Control), ocsfSeverityID(e.Severity), ocsfSeverity(e.Severity), id, status}},
	}
	out.Standards = nonNil(out.Standards)
	if c := o.controls[e.Control]; c != nil {
		out.Desc = c.Description
	}
	return out
}

func (o *ocsfWriter) remediation(e Entry) *ocsfRemediation {
	if e.Verdict != control.Fail {
		return nil
	}
	c, r := o.controls[e.Control], &ocsfRemediation{Desc: "By hand."}
	if c != nil {
		r.References = c.References
	}
	if e.Remedy != "" {
		r.Desc = "restorable plan --only " + e.Remedy
	}
	return r
}

func ocsfRest(e Entry) ocsfUnmapped {
	out := ocsfUnmapped{Verdict: e.Verdict, Muted: e.Muted, Attested: e.Attestation != nil, Exception: terminal.Clean(e.covered()), Baseline: e.Baseline, Objective: wanted(e), Location: e.Location, Address: terminal.Clean(e.Address), Evidence: []evidence{}}
	for _, ev := range e.Evidence {
		out.Evidence = append(out.Evidence, evidenceJSON(ev))
	}
	return out
}

func ocsfResourceOf(e Entry) ocsfResource {
	r := e.Resource
	out := ocsfResource{UID: terminal.Clean(r.ARN), Name: cmp.Or(terminal.Clean(r.Name), string(r.Type)), Type: awsType(r.Type)}
	if ocsfCloudOf(e) != nil {
		out.Region, out.Partition = terminal.Clean(r.Region), partition(r.ARN)
	}
	return out
}

// awsType is the resource's name in CloudFormation, where it has one.
func awsType(t control.Type) string {
	switch t {
	case control.TypeTable:
		return "AWS::DynamoDB::Table"
	case control.TypePlan:
		return "AWS::Backup::BackupPlan"
	case control.TypeVault:
		return "AWS::Backup::BackupVault"
	case control.TypeRecoveryPoint:
		return "AWS::Backup::RecoveryPoint"
	case control.TypeAccount:
		return "AWS::::Account"
	case control.TypeRegion:
	}
	return string(t)
}

func ocsfCloudOf(e Entry) *ocsfCloud {
	r := e.Resource
	if r.Account == "" && r.Region == "" {
		return nil
	}
	out := &ocsfCloud{Provider: "AWS", Region: terminal.Clean(r.Region), Partition: partition(r.ARN)}
	if r.Account != "" {
		const typeAccount = 10 // "AWS Account"
		out.Account = &ocsfAccount{terminal.Clean(r.Account), typeAccount, "AWS Account"}
	}
	return out
}

func partition(arn string) string {
	parts := strings.SplitN(arn, ":", 3)
	if len(parts) < 3 || parts[0] != "arn" {
		return ""
	}
	return terminal.Clean(parts[1])
}

func ocsfStatus(v control.Verdict) (id int, caption string) {
	switch v {
	case control.Pass:
		return 1, "Pass"
	case control.Fail:
		return 3, "Fail"
	case control.NotApplicable:
		return 99, "Not applicable"
	case control.Unknown:
	}
	return 0, "Unknown"
}

func ocsfSeverityID(s control.Severity) int { return s.Rank() + 1 }

func ocsfSeverity(s control.Severity) string {
	switch s {
	case control.Critical:
		return "Critical"
	case control.High:
		return "High"
	case control.Medium:
		return "Medium"
	case control.Low:
		return "Low"
	case control.Info:
		return "Informational"
	}
	return "Unknown"
}

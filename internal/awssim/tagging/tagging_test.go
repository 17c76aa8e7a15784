package tagging

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	tag "github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi"
	"github.com/aws/aws-sdk-go-v2/service/resourcegroupstaggingapi/types"

	"github.com/restorable/restorable/internal/awssim/api"
	"github.com/restorable/restorable/internal/awssim/world"
)

var home = world.Scope{Partition: "aws", Account: "111122223333", Region: "eu-west-1"}

// shelf is a service with resources of one type.
type shelf struct {
	kind      string
	resources map[string]*Resource
}

func (s shelf) TaggedResources(sc world.Scope) []Resource {
	var out []Resource
	for _, r := range s.resources {
		if sc == home {
			out = append(out, *r)
		}
	}
	return out
}

func (s shelf) SetTags(_ world.Scope, arn string, set map[string]string, remove []string) (bool, error) {
	r, ok := s.resources[arn]
	if !ok {
		return false, nil
	}
	maps.Copy(r.Tags, set)
	for _, k := range remove {
		delete(r.Tags, k)
	}
	r.EverTagged = r.EverTagged || len(set) > 0
	return true, nil
}

func table(n string) string { return home.ARN("dynamodb", "table/"+n) }

func newFixture(count int) (*Service, *world.World, *api.Call) {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	w := world.New(world.Options{Start: start, Real: func() time.Time { return start }})
	tables, vaults := shelf{"dynamodb:table", map[string]*Resource{}}, shelf{"backup:backup-vault", map[string]*Resource{}}
	for i := range count {
		n := fmt.Sprintf("t%03d", i)
		tables.resources[table(n)] = &Resource{ARN: table(n), Type: tables.kind, Tags: map[string]string{"n": n, "tier": fmt.Sprint(i % 3)}, EverTagged: true}
	}
	tables.resources[table("once")] = &Resource{ARN: table("once"), Type: tables.kind, Tags: map[string]string{}, EverTagged: true}
	tables.resources[table("never")] = &Resource{ARN: table("never"), Type: tables.kind, Tags: map[string]string{}}
	vault := home.ARN("backup", "backup-vault:main")
	vaults.resources[vault] = &Resource{ARN: vault, Type: vaults.kind, Tags: map[string]string{"tier": "0"}, EverTagged: true}
	return New(w, tables, vaults), w, &api.Call{Scope: home}
}

func code(err error) string {
	var e *api.Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

// all pages through GetResources and returns names by ARN's last part.
func all(t *testing.T, s *Service, c *api.Call, in tag.GetResourcesInput) (arns []string, pages int) {
	t.Helper()
	for {
		out, err := s.getResources(c, &in)
		if err != nil {
			t.Fatal(err)
		}
		pages++
		for _, m := range out.ResourceTagMappingList {
			arns = append(arns, *m.ResourceARN)
		}
		if aws.ToString(out.PaginationToken) == "" {
			return arns, pages
		}
		in.PaginationToken = out.PaginationToken
	}
}

func TestOnlyResourcesThatAreOrWereTaggedAreListed(t *testing.T) {
	s, _, c := newFixture(2)
	got, _ := all(t, s, c, tag.GetResourcesInput{ResourceTypeFilters: []string{"dynamodb:table"}})
	if want := []string{table("once"), table("t000"), table("t001")}; !slices.Equal(got, want) {
		t.Errorf("got %v", got)
	}
	out, err := s.getResources(c, &tag.GetResourcesInput{ResourceARNList: []string{table("once"), table("never")}})
	if err != nil || len(out.ResourceTagMappingList) != 1 || out.ResourceTagMappingList[0].Tags == nil || len(out.ResourceTagMappingList[0].Tags) != 0 {
		t.Errorf("a table that lost its tags must be there with an empty list: %+v, %v", out, err)
	}
}

func TestFilters(t *testing.T) {
	s, _, c := newFixture(6)
	filter := func(key string, values ...string) types.TagFilter { return types.TagFilter{Key: &key, Values: values} }
	rows := []struct {
		name string
		in   tag.GetResourcesInput
		want int
	}{
		{"no filter", tag.GetResourcesInput{}, 8},
		{"one value", tag.GetResourcesInput{TagFilters: []types.TagFilter{filter("tier", "1")}}, 2},
		{"values of one key are alternatives", tag.GetResourcesInput{TagFilters: []types.TagFilter{filter("tier", "1", "2")}}, 4},
		{"keys are joined by and", tag.GetResourcesInput{TagFilters: []types.TagFilter{filter("tier", "1"), filter("n", "t001")}}, 1},
		{"a key alone is any value", tag.GetResourcesInput{TagFilters: []types.TagFilter{filter("n")}}, 6},
		{"values are case sensitive", tag.GetResourcesInput{TagFilters: []types.TagFilter{filter("n", "T001")}}, 0},
		{"a service is all its types", tag.GetResourcesInput{ResourceTypeFilters: []string{"backup"}}, 1},
		{"types are alternatives", tag.GetResourcesInput{ResourceTypeFilters: []string{"backup:backup-vault", "dynamodb:table"}}, 8},
		{"another type", tag.GetResourcesInput{ResourceTypeFilters: []string{"s3"}}, 0},
	}
	for _, row := range rows {
		if got, _ := all(t, s, c, row.in); len(got) != row.want {
			t.Errorf("%s: got %v", row.name, got)
		}
	}
}

func TestPaging(t *testing.T) {
	s, w, c := newFixture(120)
	for _, row := range []struct {
		in    tag.GetResourcesInput
		pages int
	}{
		{tag.GetResourcesInput{}, 3},
		{tag.GetResourcesInput{ResourcesPerPage: aws.Int32(100)}, 2},
		{tag.GetResourcesInput{TagsPerPage: aws.Int32(100)}, 3},
	} {
		got, pages := all(t, s, c, row.in)
		if len(got) != 122 || pages != row.pages || !slices.IsSorted(got) {
			t.Errorf("%d resources in %d pages", len(got), pages)
		}
	}
	first, err := s.getResources(c, &tag.GetResourcesInput{})
	if err != nil {
		t.Fatal(err)
	}
	next := &tag.GetResourcesInput{PaginationToken: first.PaginationToken}
	w.Advance(15 * time.Minute)
	if _, err := s.getResources(c, next); err != nil {
		t.Errorf("after 15 minutes: %v", err)
	}
	w.Advance(time.Second)
	if _, err := s.getResources(c, next); code(err) != "PaginationTokenExpiredException" {
		t.Errorf("after more: %v", err)
	}
}

func TestWhatGetResourcesRefuses(t *testing.T) {
	s, _, c := newFixture(1)
	arns := []string{table("t000")}
	for name, in := range map[string]tag.GetResourcesInput{
		"list and type filter": {ResourceARNList: arns, ResourceTypeFilters: []string{"dynamodb"}},
		"list and tag filter":  {ResourceARNList: arns, TagFilters: []types.TagFilter{{Key: aws.String("a")}}},
		"list and page size":   {ResourceARNList: arns, ResourcesPerPage: aws.Int32(1)},
		"too long a list":      {ResourceARNList: make([]string, 101)},
		"two page sizes":       {ResourcesPerPage: aws.Int32(1), TagsPerPage: aws.Int32(100)},
		"page of 101":          {ResourcesPerPage: aws.Int32(101)},
		"150 tags":             {TagsPerPage: aws.Int32(150)},
		"foreign token":        {PaginationToken: aws.String("x")},
		"exclude alone":        {ExcludeCompliantResources: aws.Bool(true)},
	} {
		if _, err := s.getResources(c, &in); code(err) != "InvalidParameterException" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestTaggingReportsEachFailureAndDoesTheRest(t *testing.T) {
	s, _, c := newFixture(1)
	elsewhere := "arn:aws:dynamodb:us-east-1:111122223333:table/t000"
	out, err := s.tagResources(c, &tag.TagResourcesInput{ResourceARNList: []string{table("gone"), elsewhere, table("never")}, Tags: map[string]string{"a": "b"}})
	if err != nil || len(out.FailedResourcesMap) != 2 || out.FailedResourcesMap[table("gone")].StatusCode != 400 {
		t.Fatalf("got %+v, %v", out, err)
	}
	if _, failed := out.FailedResourcesMap[elsewhere]; !failed {
		t.Errorf("a resource of another Region was tagged: %+v", out)
	}
	if got, _ := all(t, s, c, tag.GetResourcesInput{TagFilters: []types.TagFilter{{Key: aws.String("a")}}}); !slices.Equal(got, []string{table("never")}) {
		t.Errorf("got %v", got)
	}
	if _, err := s.untagResources(c, &tag.UntagResourcesInput{ResourceARNList: []string{table("never")}, TagKeys: []string{"a"}}); err != nil {
		t.Fatal(err)
	}
	out2, err := s.getResources(c, &tag.GetResourcesInput{ResourceARNList: []string{table("never")}})
	if err != nil || len(out2.ResourceTagMappingList) != 1 {
		t.Errorf("once tagged, always listed: %+v, %v", out2, err)
	}
	if _, err := s.tagResources(c, &tag.TagResourcesInput{ResourceARNList: []string{table("never")}, Tags: map[string]string{"aws:x": "b"}}); code(err) != "InvalidParameterException" {
		t.Errorf("a reserved key: %v", err)
	}
}

func TestKeysAndValues(t *testing.T) {
	s, _, c := newFixture(4)
	keys, err := s.getTagKeys(c, &tag.GetTagKeysInput{})
	if err != nil || !slices.Equal(keys.TagKeys, []string{"n", "tier"}) {
		t.Errorf("got %+v, %v", keys, err)
	}
	values, err := s.getTagValues(c, &tag.GetTagValuesInput{Key: aws.String("tier")})
	if err != nil || !slices.Equal(values.TagValues, []string{"0", "1", "2"}) {
		t.Errorf("got %+v, %v", values, err)
	}
}

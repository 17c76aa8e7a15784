// Package awsapi is the one client that everybody uses to talk to AWS: sessions and their credentials, the endpoint, retries,
// the token buckets of AWS's published rates, AWS's own Date, and the table of declared calls with the permission each needs.
//
// A request that has no declaration is refused before it leaves (see Invoke), so that the IAM policy printed from the
// declarations can not fall behind the code.
package awsapi

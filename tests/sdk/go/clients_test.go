// Package lowcloud holds the tests of the AWS SDK for Go v2, unmodified, against the lowcloud at LOWCLOUD_ENDPOINT. Run by `make test-sdk`.
package lowcloud

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"os"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

const account = "000000000000"

// here is the configuration of every client: one endpoint, any credentials, no retries that would hide a refusal.
func here(t *testing.T) aws.Config {
	t.Helper()
	configuration, err := config.LoadDefaultConfig(t.Context(),
		config.WithRegion("us-east-1"),
		config.WithBaseEndpoint(os.Getenv("LOWCLOUD_ENDPOINT")),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("test", "test", "")),
		config.WithRetryMaxAttempts(1))
	must(t, err)
	return configuration
}

// bounded is a context in which nothing may wait for more than 20 seconds.
func bounded(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	t.Cleanup(cancel)
	return ctx
}

func unique(what string) string {
	var digits [4]byte
	rand.Read(digits[:])
	return what + "-" + hex.EncodeToString(digits[:])
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func equal(t *testing.T, what string, got, want any) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Fatalf("%s: got %v, want %v", what, got, want)
	}
}

// refused says that err is the SDK's own type of error, and answers it.
func refused[E error](t *testing.T, err error) E {
	t.Helper()
	var typed E
	if !errors.As(err, &typed) {
		t.Fatalf("got %v, want a %T", err, typed)
	}
	return typed
}

// A paginator is what the SDK makes of an operation that answers in pages.
type paginator[Page, Options any] interface {
	HasMorePages() bool
	NextPage(context.Context, ...func(*Options)) (*Page, error)
}

// pagesOf follows pages to the last one.
func pagesOf[Page, Options any](t *testing.T, ctx context.Context, pages paginator[Page, Options]) []*Page {
	t.Helper()
	all := []*Page{}
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		must(t, err)
		all = append(all, page)
	}
	return all
}

// Asks STS who it is, with nothing but the default chain of the AWS SDK for Go to go by; as often as the first argument
// says, half a second apart, or once. Arguments that are JSON objects are answered one by one; lab/whoami.ts says what
// these are.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

type question struct {
	Option, Variable, Region, App string
}

func main() {
	ctx := context.Background()
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], "{") {
		answerAll(ctx, os.Args[1:])
		return
	}
	settings, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		fail(err)
	}
	client := sts.NewFromConfig(settings)
	times := 1
	if len(os.Args) > 1 {
		times, _ = strconv.Atoi(os.Args[1])
	}
	calls, failures := 0, 0
	for calls < times {
		if calls > 0 {
			time.Sleep(500 * time.Millisecond)
		}
		calls++
		identity, err := client.GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
		if err != nil {
			failures++
			fmt.Fprintln(os.Stderr, err)
			continue
		}
		if times == 1 {
			print(map[string]any{"Account": *identity.Account, "Arn": *identity.Arn, "Region": settings.Region})
		}
	}
	if times > 1 {
		print(map[string]any{"calls": calls, "failures": failures})
	}
	if failures > 0 {
		os.Exit(1)
	}
}

func answerAll(ctx context.Context, texts []string) {
	answers := []any{}
	for _, text := range texts {
		var asked question
		if err := json.Unmarshal([]byte(text), &asked); err != nil {
			fail(err)
		}
		answer, err := whoami(ctx, asked)
		if err != nil {
			answer = map[string]any{"Error": err.Error()}
		}
		answers = append(answers, answer)
	}
	print(answers)
}

func whoami(ctx context.Context, asked question) (map[string]any, error) {
	os.Setenv("AWS_SDK_UA_APP_ID", asked.App)
	if asked.Variable != "" {
		if before, was := os.LookupEnv("AWS_PROFILE"); was {
			defer os.Setenv("AWS_PROFILE", before)
		} else {
			defer os.Unsetenv("AWS_PROFILE")
		}
		os.Setenv("AWS_PROFILE", asked.Variable)
	}
	options := []func(*config.LoadOptions) error{}
	if asked.Option != "" {
		options = append(options, config.WithSharedConfigProfile(asked.Option))
	}
	if asked.Region != "" {
		options = append(options, config.WithRegion(asked.Region))
	}
	settings, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, err
	}
	identity, err := sts.NewFromConfig(settings).GetCallerIdentity(ctx, &sts.GetCallerIdentityInput{})
	if err != nil {
		return nil, err
	}
	return map[string]any{"Account": *identity.Account, "Arn": *identity.Arn, "Region": settings.Region}, nil
}

func print(value any) {
	text, _ := json.Marshal(value)
	fmt.Println(string(text))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

// Asks STS who it is, with nothing but the default chain of the AWS SDK for Go to go by; as often as the first argument
// says, half a second apart, or once.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sts"
)

func main() {
	ctx := context.Background()
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

func print(value any) {
	text, _ := json.Marshal(value)
	fmt.Println(string(text))
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

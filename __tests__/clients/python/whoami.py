"""Prints as whom and in which region boto3 calls AWS, once, or for each argument that is a JSON object; lab/whoami.ts says
what these are. With a number it makes as many calls, half a second apart, and prints how many failed."""

import json
import os
import sys
import time

import boto3


def whoami(question):
    session = boto3.Session(profile_name=question.get("option"), region_name=question.get("region"))
    client = session.client("sts")
    identity = client.get_caller_identity()
    return {"Account": identity["Account"], "Arn": identity["Arn"], "Region": client.meta.region_name}


def answer(question):
    if "app" in question:
        os.environ["AWS_SDK_UA_APP_ID"] = question["app"]
    before = os.environ.get("AWS_PROFILE")
    if "variable" in question:
        os.environ["AWS_PROFILE"] = question["variable"]
    try:
        return whoami(question)
    except Exception as error:
        return {"Error": f"{type(error).__name__}: {error}"}
    finally:
        os.environ.pop("AWS_PROFILE", None)
        if before is not None:
            os.environ["AWS_PROFILE"] = before


def many(times):
    client = boto3.client("sts")
    failures = 0
    for _ in range(times):
        try:
            client.get_caller_identity()
        except Exception as error:
            failures += 1
            print(error, file=sys.stderr)
        time.sleep(0.5)
    return {"calls": times, "failures": failures}


arguments = sys.argv[1:]
if not arguments:
    print(json.dumps(whoami({})))
elif arguments[0].startswith("{"):
    print(json.dumps([answer(json.loads(text)) for text in arguments]))
else:
    print(json.dumps(many(int(arguments[0]))))

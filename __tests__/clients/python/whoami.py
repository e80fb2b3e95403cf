"""Prints as whom and in which region boto3 calls AWS: once, or for each argument; lab/whoami.ts says what these are."""

import json
import os
import sys

import boto3


def whoami(question):
    if "app" in question:
        os.environ["AWS_SDK_UA_APP_ID"] = question["app"]
    before = os.environ.get("AWS_PROFILE")
    if "variable" in question:
        os.environ["AWS_PROFILE"] = question["variable"]
    try:
        session = boto3.Session(profile_name=question.get("option"), region_name=question.get("region"))
        client = session.client("sts")
        identity = client.get_caller_identity()
        return {"Account": identity["Account"], "Arn": identity["Arn"], "Region": client.meta.region_name}
    except Exception as error:
        return {"Error": f"{type(error).__name__}: {error}"}
    finally:
        os.environ.pop("AWS_PROFILE", None)
        if before is not None:
            os.environ["AWS_PROFILE"] = before


questions = [json.loads(text) for text in sys.argv[1:]]
print(json.dumps([whoami(question) for question in questions] or whoami({})))

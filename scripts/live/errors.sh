# For the job "sts-errors" of live.yml: compares the refusals of STS with names and texts.
failed=0

token() { # token AUDIENCE: the job's OIDC token
  curl -sSf -H "Authorization: Bearer $ACTIONS_ID_TOKEN_REQUEST_TOKEN" "$ACTIONS_ID_TOKEN_REQUEST_URL&audience=$1" |
    jq -r .value
}

expect() { # expect NAME PATTERN COMMAND…: the AWS CLI fails with this error code, and the message has the pattern
  local name=$1 pattern=$2 text
  shift 2
  if text=$("$@" 2>&1 > /dev/null); then
    echo "$name: STS allowed the request."
    failed=1
  elif grep -qF "($name)" <<< "$text" && grep -qE "$pattern" <<< "$text"; then
    echo "As expected: $text"
  else
    echo "Expected $name with /$pattern/: $text"
    failed=1
  fi
}

finish() {
  return "$failed"
}

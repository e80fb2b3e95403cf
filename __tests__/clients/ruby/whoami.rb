# Asks STS who it is, with nothing but the default chain of the AWS SDK for Ruby to go by; as often as the first argument
# says, half a second apart, or once.
require 'aws-sdk-core'
require 'json'

# This version knows no variable for the endpoint.
sts = Aws::STS::Client.new(endpoint: ENV.fetch('AWS_ENDPOINT_URL_STS'))
if ARGV.empty?
  identity = sts.get_caller_identity
  puts JSON.generate(Account: identity.account, Arn: identity.arn)
else
  times = ARGV[0].to_i
  failures = 0
  times.times do
    sts.get_caller_identity
  rescue StandardError => e
    failures += 1
    warn e.full_message
  ensure
    sleep 0.5
  end
  puts JSON.generate(calls: times, failures: failures)
end

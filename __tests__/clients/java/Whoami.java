import software.amazon.awssdk.services.sts.StsClient;

/**
 * Asks STS who it is, with nothing but the default chain of the AWS SDK for Java to go by; as often as the first argument
 * says, half a second apart, or once.
 */
class Whoami {
  public static void main(String[] arguments) throws InterruptedException {
    try (var sts = StsClient.create()) {
      if (arguments.length == 0) {
        var identity = sts.getCallerIdentity();
        print("{\"Account\": \"%s\", \"Arn\": \"%s\"}", identity.account(), identity.arn());
      } else {
        askManyTimes(sts, Integer.parseInt(arguments[0]));
      }
    }
  }

  private static void askManyTimes(StsClient sts, int times) throws InterruptedException {
    var failures = 0;
    for (var call = 0; call < times; call++) {
      try {
        sts.getCallerIdentity();
      } catch (RuntimeException error) {
        failures++;
        System.err.println(error);
      }
      Thread.sleep(500);
    }
    print("{\"calls\": %d, \"failures\": %d}", times, failures);
  }

  private static void print(String format, Object... values) {
    System.out.println(String.format(format, values));
  }
}

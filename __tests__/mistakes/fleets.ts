import { mistakesIn } from './mistake.ts';

/** Large fleets: waves, throttling, progress, and the receipt. */
export const FLEET_MISTAKES = [
  ...mistakesIn('src/config/inputs.ts', [
    [
      'a fleet is requested in several waves',
      "'requests'), default: 100 }",
      "'requests'), default: 16 }",
      'e2e/scale',
      'in one wave',
    ],
  ]),
  ...mistakesIn('src/sts/gate.ts', [
    [
      'a throttled fleet goes on at full speed',
      'this.#pace.throttled(sentAt, clock.now(), random());',
      'void sentAt;',
      'e2e/scale',
      'slows a fleet down',
    ],
  ]),
  ...mistakesIn('src/config/read-config.ts', [
    [
      'throttled requests are retried although the user limits the attempts',
      "!disabled && !inputs.given('retry-max-attempts')",
      'true',
      'e2e/scale',
      'no more often than the user wants',
    ],
  ]),
  ...mistakesIn('src/session/progress.ts', [
    [
      'a long step of a fleet says nothing',
      'INTERVAL_MS = 5_000',
      'INTERVAL_MS = 50_000',
      'e2e/scale',
      'longer than five seconds',
    ],
  ]),
  ...mistakesIn('src/delivery/receipt/receipt.ts', [
    [
      'the receipt shows account IDs that are masked',
      'config?.delivery.maskAccountId === false',
      'config?.delivery.maskAccountId !== undefined',
      'e2e/reports',
      'has no account IDs',
    ],
    [
      'the receipt takes the ID of the run for an account ID',
      "digits === env.GITHUB_RUN_ID ? digits : '*'",
      "'*'",
      'e2e/reports',
      'has no account IDs',
    ],
    [
      'the receipt shows access key IDs that are masked',
      'config?.delivery.maskAccessKeyId === false',
      'config?.delivery.maskAccessKeyId !== undefined',
      'e2e/reports',
      'has every session with its place',
    ],
  ]),
  ...mistakesIn('src/actions/authenticate.ts', [
    [
      'a step that fails writes no receipt',
      'if (isWanted) await addReceipt',
      'if (isWanted && error === undefined) await addReceipt',
      'e2e/reports',
      'when the step fails',
    ],
  ]),
];

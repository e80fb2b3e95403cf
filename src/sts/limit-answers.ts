import { Readable } from 'node:stream';
import type { IAMClient } from '@aws-sdk/client-iam';
import { ANSWER_TIMEOUT_MS, wholeBody } from '../platform/http/http.ts';

/** Limits the size and time of answers: the SDK has a timeout for the headers only, and reads a body of any size. */
export function limitAnswers({ middlewareStack }: Pick<IAMClient, 'middlewareStack'>): void {
  middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args);
      const response = result.response as { statusCode: number; body?: unknown };
      if (!(response.body instanceof Readable)) return result;
      try {
        response.body = await wholeBody(response.body, ANSWER_TIMEOUT_MS);
      } catch (error) {
        throw Object.assign(error as Error, { $metadata: { httpStatusCode: response.statusCode } });
      }
      return result;
    },
    { step: 'deserialize', name: 'limitAnswers', priority: 'low' },
  );
}

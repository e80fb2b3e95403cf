import type { ActionError } from '../../platform/errors.ts';
import type { Host } from '../../platform/host/host.ts';
import { addToSummary } from '../../platform/runner/report.ts';
import { traceOf } from '../../platform/trace.ts';
import { graphOf } from './graph.ts';
import { jsonOf } from './json.ts';
import { markdownOf } from './markdown.ts';
import { accountHider, type RunState, receiptOf } from './receipt.ts';

/**
 * Writes the receipt of a step into the job summary, and as JSON into the output `receipt`. A summary that cannot be
 * written is a warning, as is an output.
 *
 * @param error why nothing was delivered, if the step failed
 */
export function writeReceipt(
  state: RunState,
  { runner, env }: Pick<Host, 'runner' | 'env'>,
  error?: ActionError,
): void {
  const { plan, outcomes } = state;
  const receipt = receiptOf(state, env, error);
  const isDrawn = outcomes !== undefined || receipt.result !== 'delivered';
  const graph =
    plan === undefined || plan.nodes.length === 0 || !isDrawn
      ? []
      : graphOf(plan, receipt.result === 'dry-run' ? 'planned' : outcomes, accountHider(state, env));
  addToSummary(markdownOf(receipt, graph), runner);
  // A step that fails for lack of this file has no outputs.
  if (!env.GITHUB_OUTPUT) return;
  try {
    runner.setOutput('receipt', jsonOf(receipt));
  } catch (cause) {
    runner.debug(traceOf(cause));
    runner.warning('The output receipt could not be written (GITHUB_OUTPUT). The step continues without it.');
  }
}

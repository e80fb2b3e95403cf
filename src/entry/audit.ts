import { auditRepository } from '../actions/audit.ts';
import { auditCommand } from '../actions/audit-command.ts';
import { runAction } from '../actions/shell.ts';
import { abortOnCancellation } from '../platform/host/cancellation.ts';
import { thisHost } from '../platform/host/host.ts';

const args = process.argv.slice(2);
const isStep = args.length === 0 && process.env.GITHUB_ACTIONS === 'true';
const host = thisHost(abortOnCancellation());

await (isStep
  ? runAction(host, auditRepository)
  : auditCommand(args, host, {
      out: (text) => process.stdout.write(text),
      err: (text) => process.stderr.write(text),
      setExitCode: host.setExitCode,
    }));

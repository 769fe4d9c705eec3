/** The Systems Manager document that installs the CloudWatch agent. Pure. */

/** The package's control program. */
const CONTROL = "/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl";

/**
 * A Command document with two steps, installation and configuration. AWS has a document for each,
 * but two associations run in no particular order.
 */
export function installDocument() {
  return {
    schemaVersion: "2.2",
    description: "Installs the CloudWatch agent and starts it with a configuration.",
    parameters: {
      configuration: {
        type: "String",
        description: "Name of the parameter with the configuration",
        allowedPattern: "^/[a-zA-Z0-9_.\\-/]+$",
      },
      version: {
        type: "String",
        description: "Its version, so that a change of it counts as one",
        allowedPattern: "^[0-9]+$",
      },
    },
    mainSteps: [
      {
        action: "aws:configurePackage",
        name: "install",
        inputs: { name: "AmazonCloudWatchAgent", action: "Install" },
      },
      {
        action: "aws:runShellScript",
        name: "configure",
        inputs: {
          timeoutSeconds: "120",
          runCommand: [
            "set -e",
            'echo "{{ configuration }}, version {{ version }}"',
            `${CONTROL} -a fetch-config -m ec2 -s -c "ssm:{{ configuration }}"`,
          ],
        },
      },
    ],
  };
}

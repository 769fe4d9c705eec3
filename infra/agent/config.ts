/** Configuration of the CloudWatch agent. Pure. */
import { logFilePath } from "sst-ec2/helpers";

/** Namespace of what the agent measures. */
export const MEMORY_NAMESPACE = "Steadfast";

/** The metric: memory in use, in percent, without what the kernel would give back. */
export const MEMORY_METRIC = "mem_used_percent";

/** Name of its only dimension, the Auto Scaling group. */
export const MEMORY_DIMENSION = "AutoScalingGroupName";

interface AgentConfigArgs {
  /** The service as the instances know it, such as `api`. */
  service: string;
  /** The log group that its log goes to. */
  logGroup?: string;
  /** The Auto Scaling group as whose memory the instances' is reported. */
  group?: string;
}

/**
 * What the agent does: sends the service's log file, and measures memory.
 *
 * All instances report to one metric, whose maximum is the instance that has least: a metric for each
 * would cost $0.30 a month each, and every replaced instance would begin another.
 */
export function agentConfig({ service, logGroup, group }: AgentConfigArgs) {
  return {
    agent: {
      // The package brings this user, which may read what everybody may.
      run_as_user: "cwagent",
      // Else each metric has the instance's name as a dimension.
      omit_hostname: true,
    },
    ...(logGroup && { logs: logs(service, logGroup) }),
    ...(group && { metrics: metrics(group) }),
  };
}

function logs(service: string, logGroup: string) {
  return {
    force_flush_interval: 5,
    logs_collected: {
      files: {
        collect_list: [
          {
            file_path: logFilePath(service),
            log_group_name: logGroup,
            log_stream_name: "{instance_id}",
            // The moment that a line tells, not that of its arrival. What is no JSON, the last words
            // of a process that crashed, gets the latter.
            timestamp_format: "%Y-%m-%dT%H:%M:%S.%fZ",
            timezone: "UTC",
          },
        ],
      },
    },
  };
}

function metrics(group: string) {
  return {
    namespace: MEMORY_NAMESPACE,
    metrics_collected: {
      mem: {
        measurement: [MEMORY_METRIC],
        metrics_collection_interval: 60,
        append_dimensions: { [MEMORY_DIMENSION]: group },
      },
    },
  };
}

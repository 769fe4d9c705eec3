/** Metric filters of CloudWatch Logs for lines of the API's log that alarms count. */

/** Many clients are refused. */
export const TURNED_AWAY = '{ $.msg = "turned away" }';

/** Removals stand still; `seconds` says for how long. */
export const REMOVALS_STAND_STILL = '{ $.msg = "removals stand still" }';

/** DynamoDB does not answer. */
export const UNANSWERED_BY_DYNAMODB = '{ ($.msg = "unavailable") && ($.dependency = "DynamoDB") }';

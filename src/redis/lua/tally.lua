-- Counts an account's deliveries by the time of their creation and the status that they have now, from its indexes:
-- statuses on the happy path have none, and are what is left of all of them. Writes nothing.
-- KEYS: deliveries statusPrefix gate bullWait bullPrioritized
-- ARGV: since stepMs steps
-- Returns {{{all, waiting, held, unknown, failed, expired, cancelled}, …}, queued, paused}, the oldest step first
local indexes = { deliveries }
for _, status in ipairs({ 'waiting', 'held', 'unknown', 'failed', 'expired', 'cancelled' }) do
  indexes[#indexes + 1] = statusPrefix .. status
end
local tally = {}
for step = 1, tonumber(steps) do
  local from = since + (step - 1) * stepMs
  local counts = {}
  for place, index in ipairs(indexes) do
    counts[place] = redis.call('ZCOUNT', index, from, '(' .. from + stepMs)
  end
  tally[step] = counts
end
return { tally, redis.call('LLEN', bullWait) + redis.call('ZCARD', bullPrioritized),
  redis.call('HGET', gate, 'state') == 'paused' and 1 or 0 }

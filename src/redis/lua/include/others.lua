-- A message went out that none of our deliveries owns: another sender of the same number may have opened a session with
-- it. Kept apart from our ledger, and bounded; a settle that finds the message to be ours takes it out again.
local function noteOther(now)
  redis.call('ZADD', others, 'NX', now, uniqueId)
  redis.call('HSETNX', othersTo, uniqueId, to)
  redis.call('PEXPIRE', others, othersMs)
  redis.call('PEXPIRE', othersTo, othersMs)
  local outdated = redis.call('ZRANGE', others, '-inf', now - othersMs, 'BYSCORE', 'LIMIT', 0, 100)
  local excess = redis.call('ZCARD', others) - othersKept
  if #outdated == 0 and excess > 0 then
    outdated = redis.call('ZRANGE', others, 0, excess - 1)
  end
  for _, message in ipairs(outdated) do
    redis.call('ZREM', others, message)
    redis.call('HDEL', othersTo, message)
  end
end

-- Notes that the delivery met an account error by an attempt that began then: in the gate, among others, and in its
-- record, where it counts from the time at which the account was last at fault.
local function accuse(reason, startedAt)
  writeGate('HSET', 'met:' .. id, reason .. ' ' .. startedAt)
  local illAt = tonumber(redis.call('HGET', gate, 'illAt') or 0)
  if tonumber(redis.call('HGET', record, 'metAt') or 0) <= illAt then
    redis.call('HSET', record, 'met', 0, 'metAt', startedAt)
  end
  redis.call('HINCRBY', record, 'met', 1)
end

-- Opens or closes the account's gate by hand, or opens it because the provider was found well: then only where a
-- worker has closed it, `resume` stays until its queue has been resumed, and those stay known that met an account error
-- since any other last passed. `ill`: the provider is not well; whoever met an error until now is to blame for nothing.
-- KEYS: gate events
-- ARGV: state reason by who source passedAt
-- Returns {stateBefore} | {kept}
-- include: clock tell gate
local known = redis.call('HMGET', gate, 'state', 'by')
if by == 'probe' and (known[1] ~= 'paused' or known[2] ~= 'worker') then
  return { 'kept' }
end
local function forgetMet(untilAt)
  local fields = redis.call('HGETALL', gate)
  for i = 1, #fields, 2 do
    if string.find(fields[i], '^met:') and tonumber(string.match(fields[i + 1], ' (%d+)$') or 0) <= untilAt then
      redis.call('HDEL', gate, fields[i])
    end
  end
end
if state == 'ill' then
  forgetMet(math.huge)
  redis.call('HDEL', gate, 'wellAt')
  redis.call('HSET', gate, 'illAt', clock())
  return { 'paused' }
end
if state ~= 'open' then
  closeGate(state, 0, reason, clock(), by, who, source)
  redis.call('HSET', gate, 'who', who, 'source', source)
  return { known[1] or 'open' }
end
for _, field in ipairs(redis.call('HKEYS', gate)) do
  if by ~= 'probe' or field ~= 'illAt' and not string.find(field, '^met:') then
    redis.call('HDEL', gate, field)
  end
end
if known[1] == 'paused' then
  tell('account', 'resumed', 'reason', reason, 'by', by, 'who', who, 'source', source)
end
if by == 'probe' then
  forgetMet(tonumber(passedAt))
  redis.call('HSET', gate, 'resume', 1, 'wellAt', clock())
end
return { known[1] or 'open' }

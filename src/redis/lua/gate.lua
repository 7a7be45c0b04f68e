-- Opens or closes the account's gate by hand, or opens it because the provider was found well: then only where a
-- worker has closed it, and `resume` stays until its queue has been resumed.
-- KEYS: gate events
-- ARGV: state reason by who
-- Returns {stateBefore} | {kept}
-- include: clock tell gate
local known = redis.call('HMGET', gate, 'state', 'by')
if by == 'probe' and (known[1] ~= 'paused' or known[2] ~= 'worker') then
  return { 'kept' }
end
if state ~= 'open' then
  closeGate(state, 0, reason, clock(), by)
  redis.call('HSET', gate, 'who', who)
  return { known[1] or 'open' }
end
redis.call('DEL', gate)
if known[1] == 'paused' then
  tell('account', 'resumed', 'reason', '', 'by', by)
end
if by == 'probe' then
  redis.call('HSET', gate, 'resume', 1)
end
return { known[1] or 'open' }

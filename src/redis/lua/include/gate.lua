-- Closes the account's gate: until a time, or until somebody opens it. A pause outlives a time, and the later of two
-- times counts; what a person has paused, no worker pauses anew. `since` tells when it was first closed in this way.
local function closeGate(state, untilMs, reason, now, by)
  local known = redis.call('HMGET', gate, 'state', 'until', 'by')
  if known[1] == 'paused' and (state ~= 'paused' or (by == 'worker' and known[3] ~= by)) then
    return
  end
  if known[1] == 'until' and state == 'until' and tonumber(known[2]) >= untilMs then
    return
  end
  redis.call('HSET', gate, 'state', state, 'until', untilMs, 'reason', reason, 'by', by)
  if known[1] == state then
    return
  end
  redis.call('HSET', gate, 'since', now)
  if state == 'paused' then
    tell('account', 'paused', 'reason', reason, 'by', by)
  end
end

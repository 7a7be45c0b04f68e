-- Opens or closes the account's gate by hand.
-- KEYS: gate
-- ARGV: state reason
-- Returns {stateBefore}
-- include: clock gate
local before = redis.call('HGET', gate, 'state') or 'open'
if state == 'open' then
  redis.call('DEL', gate)
else
  closeGate(state, 0, reason, clock())
end
return { before }

-- Whether an operator may say what became of a delivery's attempt: only of an unknown outcome, and not before its
-- horizon, since until then its sender may still be at work. A horizon that has passed stays passed for its attempt:
-- what is written next, by compare-and-set on the attempt, needs no second look at the clock.
-- KEYS: record
-- Returns {no, status or ''} | {early, horizonAt} | {yes, attempt, startedAt, final}
-- include: clock
local r = redis.call('HMGET', record, 'status', 'reason', 'attempt', 'startedAt', 'horizonAt')
if r[1] ~= 'unknown' then
  return { 'no', r[1] or '' }
end
if clock() < tonumber(r[5]) then
  return { 'early', r[5] }
end
return { 'yes', r[3], r[4], r[2] == 'unresolved' and 1 or 0 }

-- Gives back what a delivery had reserved and did not use (false: nothing), and wakes the delivery that has waited for it longest.
local function giveBack(reserved, now)
  if not reserved then
    return
  end
  redis.call('HDEL', record, 'reserved')
  for name in string.gmatch(reserved, '%S+') do
    if redis.call('EXISTS', budgetPrefix .. name) == 1 then
      redis.call('DECR', budgetPrefix .. name)
    end
  end
  local waiting = redis.call('ZPOPMIN', budgetHeld)[1]
  if waiting and not front(redis.call('HGET', recordPrefix .. waiting, 'job') or ('d-' .. waiting)) then
    redis.call('ZADD', wake, now + 5000, waiting)
  end
end

-- A failover may take back what the record knew, and not that its job has ended: made anew, it finds how that stands.
-- False where it has not ended.
local function revive(job, at)
  if redis.call('ZREM', bullJobPrefix .. 'completed', job) == 0 then
    return false
  end
  local data = redis.call('HGET', bullJobPrefix .. job, 'data')
  redis.call('DEL', bullJobPrefix .. job)
  local added = data and addJob(job, data, { at = at, delay = 0, priority = wanted(data) })
  endAdding()
  return added
end

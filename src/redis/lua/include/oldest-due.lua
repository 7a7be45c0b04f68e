-- Since when the oldest of an account's due deliveries has been due, or nil. Each list has those at the end from which it is
-- served; what stands there has been due the longest, but for what was moved to the front. What was just let go has no
-- time of its own until it is claimed; a job that no record knows is due since it was added.
local LOOKED_AT = 20

local function oldestDue(now)
  local dueAt
  local function lookAt(jobs)
    for _, job in ipairs(jobs) do
      local record = recordPrefix .. string.gsub(job, '^d%-', '')
      local at = redis.call('HGET', record, 'dueAt')
      if not at and redis.call('EXISTS', record) == 0 then
        at = redis.call('HGET', bullJobPrefix .. job, 'timestamp')
      end
      dueAt = math.min(tonumber(at) or now, dueAt or now)
    end
  end
  lookAt(redis.call('LRANGE', bullWait, -LOOKED_AT, -1))
  lookAt(redis.call('ZRANGE', bullPrioritized, 0, LOOKED_AT - 1))
  return dueAt
end

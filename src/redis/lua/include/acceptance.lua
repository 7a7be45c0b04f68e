local UNIQUE_KEPT_MS = 7 * 24 * 3600 * 1000

-- Writes down what the provider said of the message that it took: the window, the session, whose message it is. Returns
-- the status that early receipts give it, and when it opened a session, or nil.
local function keepAcceptance(now)
  local status, openedAt = 'accepted', nil
  local at = tonumber(acceptedAt) or now
  redis.call('HSET', record, 'acceptedAt', at, 'unique', uniqueId, 'windowLeftMs', windowLeftMs)
  if originalRequest ~= '' then
    redis.call('HSET', record, 'originalRequest', originalRequest)
  end
  if windowLeftMs ~= '' then
    local closesAt = tonumber(redis.call('HGET', conv, 'closesAt') or 0)
    redis.call('HSET', conv, 'closesAt', math.max(closesAt, now + windowLeftMs))
  end
  if billed == '1' then
    openedAt = countInSession(at, id)
    if openedAt then
      redis.call('HSET', record, 'sessionOpenedAt', openedAt)
    end
  end
  if uniqueId ~= '' then
    -- A receipt that comes again after days must still find whose message it is.
    redis.call('SET', unique, id, 'PX', math.max(tonumber(retentionMs), UNIQUE_KEPT_MS))
    if redis.call('ZREM', others, uniqueId) == 1 then
      redis.call('HDEL', othersTo, uniqueId)
    end
    local early = redis.call('HGETALL', orphan)
    if #early > 0 then
      local _
      _, status = addReceipts(record, id, early, now)
      redis.call('DEL', orphan)
      redis.call('ZREM', orphans, uniqueId)
    end
  end
  return status, openedAt
end

local UNIQUE_KEPT_MS = 7 * 24 * 3600 * 1000

-- Counts the message that the provider took in its session, and its window. Returns the facts to write, and when it
-- opened a session, or nil.
local function countAcceptance(c, now)
  local at = tonumber(acceptedAt) or now
  local facts = { 'acceptedAt', at, 'unique', uniqueId, 'windowLeftMs', windowLeftMs }
  local function add(name, value)
    facts[#facts + 1] = name
    facts[#facts + 1] = value
  end
  if originalRequest ~= '' then
    add('originalRequest', originalRequest)
  end
  if windowLeftMs ~= '' and now + windowLeftMs > tonumber(c.closesAt or 0) then
    redis.call('HSET', conv, 'closesAt', now + windowLeftMs)
  end
  local openedAt = billed == '1' and countInSession(at, id, c) or nil
  if openedAt then
    add('sessionOpenedAt', openedAt)
  end
  return facts, openedAt
end

-- Writes down whose message it is. Returns the status that early receipts give it, and whether they leave a failure
-- unconfirmed.
local function own(now)
  if uniqueId == '' then
    return 'accepted'
  end
  -- A receipt that comes again after days must still find whose message it is.
  redis.call('SET', unique, id, 'PX', math.max(tonumber(retentionMs), UNIQUE_KEPT_MS))
  if redis.call('ZREM', others, uniqueId) == 1 then
    redis.call('HDEL', othersTo, uniqueId)
  end
  local early = redis.call('HGETALL', orphan)
  if #early == 0 then
    return 'accepted'
  end
  local _, status = addReceipts(record, id, readReceipts(record), early, now)
  redis.call('DEL', orphan)
  redis.call('ZREM', orphans, uniqueId)
  return status, status == 'accepted' and redis.call('HEXISTS', record, 'receipt:unconfirmed') == 1
end

-- The sessions of both names become those of one conversation, by accept time.
local function takeOverSessions()
  for _, session in ipairs(fold(accepts)) do
    eraseRow(session, recipient)
  end
  for _, session in ipairs(fold(fromIdAccepts)) do
    eraseRow(session, fromId)
  end
  redis.call('ZUNIONSTORE', accepts, 2, accepts, fromIdAccepts, 'AGGREGATE', 'MIN')
  local sessions = fold(accepts)
  for _, session in ipairs(sessions) do
    writeRow(session)
  end
  local last, previous = sessions[#sessions], sessions[#sessions - 1]
  if last then
    redis.call('HSET', conv, 'sessionAt', last.openedAt, 'sessionBefore', (previous or last).openedAt)
    redis.call('PEXPIRE', accepts, keepMs)
  end
end

-- What the from_id's conversation knew goes to the number's: the later of two times, and the flight unless the
-- number has one of its own.
local function takeOver()
  local flying = redis.call('HEXISTS', conv, 'flight') == 1
  local other = redis.call('HGETALL', fromIdConv)
  for i = 1, #other, 2 do
    local field, value = other[i], other[i + 1]
    if field == 'closesAt' or field == 'lastInboundAt' or field == 'inboundSeenAt' or field == 'pairTat' then
      local known = redis.call('HGET', conv, field) or value
      redis.call('HSET', conv, field, math.max(tonumber(known), tonumber(value)))
    elseif not (flying and (field == 'flight' or field == 'flightUntil')) then
      redis.call('HSETNX', conv, field, value)
    end
  end
  takeOverSessions()
end

-- The from_id's conversation becomes part of the number's, under which it is found from now on; false where there was
-- nothing to join: most clients show both names with every message, and have been one for long.
local function becomeOne()
  local known = redis.call('SET', alias, recipient, 'PX', keepMs, 'GET') == recipient
  local left = { fromIdConv, fromIdLane, fromIdHeld, fromIdDoubts, fromIdAccepts, fromIdDeliveries }
  if known and redis.call('EXISTS', unpack(left)) == 0 then
    return false
  end
  redis.call('ZUNIONSTORE', lane, 2, lane, fromIdLane, 'AGGREGATE', 'MIN')
  redis.call('ZUNIONSTORE', held, 2, held, fromIdHeld, 'AGGREGATE', 'MIN')
  takeOver()
  redis.call('SUNIONSTORE', doubts, doubts, fromIdDoubts)
  redis.call('ZUNIONSTORE', recipientDeliveries, 2, recipientDeliveries, fromIdDeliveries, 'AGGREGATE', 'MIN')
  redis.call('DEL', unpack(left))
  return true
end

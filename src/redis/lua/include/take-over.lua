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
end

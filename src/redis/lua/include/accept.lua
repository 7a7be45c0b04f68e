-- What a request comes to whose id is known: the same again, or another payload. Nil when it is new.
local function knownAs()
  local known = redis.call('HMGET', record, 'fingerprint', 'status', 'request', 'jobAt')
  if known[1] then
    if not same(known[1]) then
      return { 'conflict' }
    end
    return { 'again', known[2], known[3] and known[4] or '' }
  end
  local mark, status = fromTomb()
  if mark then
    return same(mark) and { 'again', status, '' } or { 'conflict' }
  end
end

-- Makes the record of a new delivery; a due one joins its lane.
local function takeIn(now)
  local due = tonumber(sendAt) <= now
  local facts = { 'fingerprint', fingerprint, 'to', to, 'createdAt', now, 'jobAt', jobAt, 'sendAt', sendAt,
    'expiresAt', expiresAt, 'attempts', 0, 'request', request }
  local function add(name, value)
    facts[#facts + 1] = name
    facts[#facts + 1] = value
  end
  if metadata ~= '' then
    add('metadata', metadata)
  end
  if strict == '1' then
    add('strict', 1)
  end
  local joins = due or strict == '1'
  if joins then
    add('dueAt', now)
  end
  move(record, id, 'queued', '', now, nil, { facts = facts })
  redis.call('ZADD', deliveries, now, id .. ' ' .. to)
  redis.call('ZADD', recipientDeliveries, now, id)
  redis.call('ZADD', wake, now + 5000, id)
  if joins then
    redis.call('ZADD', lane, redis.call('INCR', order), id)
  end
  if not due then
    move(record, id, 'waiting', 'schedule', now, 'queued')
    return { 'new', sendAt - now, 'waiting' }
  end
  if not mayGo(id, now) then
    move(record, id, 'waiting', 'lane', now, 'queued')
    return { 'new', expiresAt - now, 'waiting' }
  end
  return { 'new', 0, 'queued' }
end

-- A client has written: the window opens, held deliveries return to their lane, its head goes to the front.
-- A client who is known by number and by from_id is one conversation: the from_id's moves to the number's.
-- KEYS: seen conv lane held wake alias recordPrefix fromIdConv fromIdLane fromIdHeld bullDelayed bullWait bullPrioritized bullPriorities highs bullMarker bullMeta bullActive bullEvents bullJobPrefix holds doubts fromIdDoubts quotedUnique budgetHeld ledger ledgerRows accepts fromIdAccepts recipientDeliveries fromIdDeliveries
-- ARGV: to recipient writtenAt leftMs fromId quoted seenMs keepMs
-- replicated: where that is wished for, before the answer
-- Returns {moved} | {duplicate} | {applied, releasedCount, windowWasOpen}
-- include: clock alias turn front next lane session fold take-over hint open
if fromId == '' and moved(to, recipient) then
  return { 'moved' }
end
if not redis.call('SET', seen, 1, 'NX', 'PX', seenMs) then
  return { 'duplicate' }
end
local now = clock()
if fromId ~= '' then
  redis.call('SET', alias, recipient, 'PX', keepMs)
  redis.call('ZUNIONSTORE', lane, 2, lane, fromIdLane, 'AGGREGATE', 'MIN')
  redis.call('ZUNIONSTORE', held, 2, held, fromIdHeld, 'AGGREGATE', 'MIN')
  takeOver()
  redis.call('SUNIONSTORE', doubts, doubts, fromIdDoubts)
  redis.call('ZUNIONSTORE', recipientDeliveries, 2, recipientDeliveries, fromIdDeliveries, 'AGGREGATE', 'MIN')
  redis.call('DEL', fromIdConv, fromIdLane, fromIdHeld, fromIdDoubts, fromIdAccepts, fromIdDeliveries)
  redis.call('HSET', conv, 'alias:' .. fromId, 1)
end

-- The client cannot have written in the future: a provider's clock that is ahead must not widen the window.
local at = math.min(tonumber(writtenAt) or now, now)
redis.call('HSET', conv, 'inboundSeenAt', now, 'inboundLeftMs', leftMs)
redis.call('HDEL', conv, 'historyClosesAt')
local released, wasOpen = openWindow(at, now)
redis.call('PEXPIRE', conv, keepMs)
-- A reply to a message that no delivery owns: it may be that of an attempt whose answer never came.
if quoted == '1' and redis.call('EXISTS', quotedUnique) == 0 then
  hint()
end
return { 'applied', released, wasOpen and 1 or 0 }

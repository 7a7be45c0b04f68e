-- Clients have written: the window opens, held deliveries return to their lane, its head goes to the front.
-- A client who is known by number and by from_id is one conversation: the from_id's moves to the number's.
-- KEYS: wake recordPrefix bullDelayed bullWait bullPrioritized bullPriorities highs bullMarker bullMeta bullActive bullEvents bullJobPrefix holds budgetHeld ledger ledgerRows
-- each KEYS: seen conv lane held alias doubts accepts recipientDeliveries fromIdConv fromIdLane fromIdHeld fromIdDoubts fromIdAccepts fromIdDeliveries quotedUnique
-- ARGV: seenMs keepMs
-- each ARGV: to recipient writtenAt leftMs fromId quoted
-- replicated: where that is wished for, before the answer
-- Returns for each {moved} | {duplicate} | {applied, releasedCount, windowWasOpen}
-- include: clock alias turn front next lane session fold take-over hint open each
local now = clock()
return each(function()
  if fromId == '' and moved(to, recipient) then
    return { 'moved' }
  end
  if not redis.call('SET', seen, 1, 'NX', 'PX', seenMs) then
    return { 'duplicate' }
  end
  local facts = { 'inboundSeenAt', now, 'inboundLeftMs', leftMs }
  local joined = fromId ~= '' and becomeOne()
  if fromId ~= '' then
    facts[5], facts[6] = 'alias:' .. fromId, 1
  end
  -- The client cannot have written in the future: a provider's clock that is ahead must not widen the window.
  local at = math.min(tonumber(writtenAt) or now, now)
  redis.call('HDEL', conv, 'historyClosesAt')
  local released, wasOpen = openWindow(at, now, facts, joined)
  redis.call('PEXPIRE', conv, keepMs)
  -- A reply to a message that no delivery owns: it may be that of an attempt whose answer never came.
  if quoted == '1' and redis.call('EXISTS', quotedUnique) == 0 then
    hint()
  end
  return { 'applied', released, wasOpen and 1 or 0 }
end)

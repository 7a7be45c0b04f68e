-- Notes what the history told of a conversation's window: the client's newest message, or that there was none of the
-- last day, or nothing (it could not be read). It opens a window, and closes only one of which nothing is known.
-- KEYS: conv lane held wake alias recordPrefix bullDelayed bullWait bullPrioritized bullPriorities highs bullMarker bullMeta bullActive bullEvents bullJobPrefix holds budgetHeld
-- ARGV: to recipient writtenAt silent idRetentionMs
-- Returns {moved} | {recalled}
-- include: clock alias turn front next lane open
if moved(to, recipient) then
  return { 'moved' }
end
local now = clock()
redis.call('HSET', conv, 'historyAskedAt', now)
if writtenAt ~= '' then
  openWindow(math.min(tonumber(writtenAt), now), now)
elseif silent == '1' then
  redis.call('HSETNX', conv, 'closesAt', now)
end
local closesAt = redis.call('HGET', conv, 'closesAt')
-- While this is all that anybody told, the history may be asked again.
if closesAt and (writtenAt ~= '' or silent == '1') and redis.call('HEXISTS', conv, 'inboundSeenAt') == 0 then
  redis.call('HSET', conv, 'historyClosesAt', closesAt)
end
redis.call('PEXPIRE', conv, idRetentionMs)
return { 'recalled' }

-- A client seen by from_id alone may turn out to be a number that is known: its conversation moves there.
-- True when the caller's keys are those of a conversation that has moved.
local function moved(to, recipient)
  return string.find(to, '^%a') ~= nil and (redis.call('GET', alias) or to) ~= recipient
end

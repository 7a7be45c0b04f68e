-- Whether a fingerprint is the request's: as it is written now, or as an earlier data key, or none, has made it.
local function same(known)
  return known == fingerprint or string.find(otherFingerprints, known, 1, true) ~= nil
end

-- What is remembered of an id whose record has gone: its fingerprint and how it ended.
local function fromTomb()
  local remembered = redis.call('GET', tomb)
  if not remembered then
    return nil
  end
  return string.match(remembered, '^(%S+) (%S+)')
end

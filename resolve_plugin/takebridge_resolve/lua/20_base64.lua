-- Base64: two characters for every 12 bits, looked up.

do

local ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
local PAIRS = {}
for high = 1, 64 do
  for low = 1, 64 do
    PAIRS[(high - 1) * 64 + low - 1] = ALPHABET:sub(high, high) .. ALPHABET:sub(low, low)
  end
end

-- Return the last one or two bytes, padded.
local function tail(text, at)
  local first, second = text:byte(at, at + 1)
  if not second then
    return PAIRS[first * 16] .. "=="
  end
  local bits = first * 1024 + second * 4
  local third = bits % 64 + 1
  return PAIRS[math.floor(bits / 64)] .. ALPHABET:sub(third, third) .. "="
end

-- Return bytes as base64 text without line breaks.
function TB.base64(text)
  local parts, whole = {}, #text - #text % 3
  for at = 1, whole, 3 do
    local first, second, third = text:byte(at, at + 2)
    local bits = first * 65536 + second * 256 + third
    parts[#parts + 1] = PAIRS[math.floor(bits / 4096)]
    parts[#parts + 1] = PAIRS[bits % 4096]
  end
  if whole < #text then
    parts[#parts + 1] = tail(text, whole + 1)
  end
  return table.concat(parts)
end

end -- base64

-- Reading: items, media, takes, look.

do

local KIND_OF_TYPE = {
  { "timeline", "nested" },
  { "compound", "compound" },
  { "multicam", "multicam" },
  { "fusion", "fusion" },
  { "adjustment", "adjustment" },
  { "generator", "generator" },
  { "title", "title" },
  { "still", "still" },
}
local GENERATOR_WORDS = {
  "generator", "solid", "color bar", "colour bar", "gradient", "grey scale", "step", "ramp", "window", "noise",
  "plasma", "contours", "paper", "sky",
}

local function contains(text, word)
  return text:find(word, 1, true) ~= nil
end

-- Classify an item. ``neighbours`` are the rows of its track, ``media_kind`` the pool item's Type text.
function TB.kind_of(row, neighbours, media_kind)
  if row.key == "" then
    return "ghost"
  elseif row.media then
    local entry = TB.first(KIND_OF_TYPE, function(known) return contains(media_kind:lower(), known[1]) end)
    return entry and entry[2] or (row.path ~= "" and "clip" or "generator")
  end
  local said = TB.call_if(row.item, "GetType")
  if said == "transition" or (not TB.given(said) and TB.lies_over(row, neighbours)) then
    return "transition"
  end
  return TB.kind_of_name(row.name:lower(), row.track)
end

-- Classify an item without media by its name: before 21.1 nothing else tells (21.1 calls a title a generator).
function TB.kind_of_name(name, track)
  if track.kind == "subtitle" then
    return "title"
  elseif contains(name, "adjustment") then
    return "adjustment"
  elseif contains(name, "fusion composition") or contains(name, "fusion clip") then
    return "fusion"
  end
  return TB.first(GENERATOR_WORDS, function(word) return contains(name, word) end) and "generator" or "title"
end

-- Say whether an item shares frames with another one of its track: only transitions do. Of two items without media,
-- the shorter is the transition.
function TB.lies_over(row, neighbours)
  local length = row.stop - row.start
  return TB.first(neighbours, function(other)
    return other.key ~= "" and other.key ~= row.key and other.start < row.stop and row.start < other.stop
      and (other.media or other.stop - other.start > length)
  end) ~= nil
end

-- Return the TimelineItem of a row, with its markers and stamp when asked for, and without its look when that is too
-- much (``blind``). ``pool`` collects what was read so far in this op: media by id, links, and the timeline's rate.
function TB.read_row(row, neighbours, pool, version, marks, blind)
  local media = row.facts
  local kind = TB.kind_of(row, neighbours, media and media.kind or "")
  if kind == "ghost" then
    return TB.ghost(row, neighbours)
  end
  local item, left = row.item, media and TB.whole(row.item:GetLeftOffset()) or nil
  local source, speed = TB.read_pace(row, left, pool, blind)
  local links, style = not blind and TB.read_links(item), not blind and TB.read_style(item, row.track, row.enabled)
  local said = {
    key = row.key,
    kind = kind,
    name = row.name,
    track = TB.track_ref(row.track),
    start_record_frame = row.start,
    end_record_frame = row.stop,
    enabled = row.enabled,
    media = media,
    left_offset_frame = left,
    start_source_frame = source and source[1] or nil,
    end_source_frame = source and source[2] or nil,
    source_unknown = media ~= nil and kind ~= "still" and not source and TB.has(item, "GetSourceStartFrame"),
    speed_percent = speed and TB.whole(100 * speed.n / speed.d) or nil,
    speed = speed and TB.speed_text(speed) or "",
    linked = links and TB.each(links, function(entry) return entry[1] end) or TB.link_keys(row, pool),
    takes = row.take > 0 and TB.read_takes(item, version, pool) or TB.array(),
    selected_take = row.take,
    look = style and TB.digest({ style, links }) or "",
    style = style and TB.digest({ style[1], style[2], style[4] }) or "",
  }
  if marks then
    said.markers = TB.read_markers(item, "source_frame")
    said.stamp = media and TB.stamp_of(row.media, media, pool) or ""
  end
  return said
end

-- Return a speed as text: "1/2", "-1", "0".
function TB.speed_text(speed)
  return speed.d == 1 and TB.number_text(speed.n) or TB.number_text(speed.n) .. "/" .. TB.number_text(speed.d)
end

-- Return the stamp in the metadata of a clip's media (19.0.2), one read per media and op.
function TB.stamp_of(media, facts, pool)
  local key = "stamp " .. facts.id
  pool[key] = pool[key] or TB.short(TB.call_if(media, "GetThirdPartyMetadata", TB.STAMP_KEY))
  return pool[key]
end

-- Return a TimelineItem with only what the revision had to read anyway: of media, where it lies.
function TB.unread(row)
  return {
    key = row.key,
    kind = "unread",
    name = row.name,
    track = TB.track_ref(row.track),
    start_record_frame = row.start,
    end_record_frame = row.stop,
    enabled = row.enabled,
    media = row.path ~= "" and { id = "", name = TB.base_name(row.path), path = row.path } or nil,
    selected_take = 0,
  }
end

-- Return a TimelineItem for a ghost. It has no id and no place: the key is its place in the track's list.
function TB.ghost(row, neighbours)
  local place = 0
  for index, other in ipairs(neighbours) do
    place = other == row and index or place
  end
  return {
    key = ("ghost-%s-%d-%d"):format(row.track.kind, row.track.index, place),
    kind = "ghost",
    name = "",
    track = TB.track_ref(row.track),
    start_record_frame = 0,
    end_record_frame = 0,
    enabled = false,
  }
end

-- Return width and height of a text such as "1920x1080", nil where it is none.
function TB.size_of(text)
  local width, height = TB.text(text):lower():match("^([^x]*)x([^x]*)$")
  return TB.whole(width), TB.whole(height)
end

-- Return the MediaItem of a pool item, one property read per item and op.
function TB.media_item(media, pool)
  local key = TB.media_id(media)
  if not pool[key] then
    local facts = TB.entries(media:GetClipProperty())
    local width, height = TB.size_of(facts.Resolution)
    pool[key] = {
      id = key,
      name = TB.text(TB.given(facts["Clip Name"]) and facts["Clip Name"] or media:GetName()),
      path = TB.text(facts["File Path"]),
      kind = TB.short(facts.Type),
      rate = TB.rate_text(facts.FPS),
      frame_count = TB.whole(facts.Frames),
      start_timecode = TB.short(facts["Start TC"]),
      width = width,
      height = height,
      online = TB.text(facts["Online Status"]):lower() ~= "offline",
    }
  end
  return pool[key]
end

-- Return the id of a pool item.
function TB.media_id(media)
  local said = media:GetUniqueId()
  return TB.short(TB.given(said) and said or media:GetMediaId())
end

-- Return true source frames {start, end}, end exclusive; nil where unknown. 0/0 means unknown.
function TB.source_span(item)
  if not TB.has(item, "GetSourceStartFrame") or not TB.has(item, "GetSourceEndFrame") then
    return nil
  end
  local start, stop = TB.whole(item:GetSourceStartFrame()), TB.whole(item:GetSourceEndFrame())
  if not start or not stop or (start == 0 and stop == 0) then
    return nil
  end
  return { start, stop }
end

-- Return the speed as an exact fraction (1 at 100 %) where the host can say it (21.1), else nil.
function TB.read_speed(item)
  local said = TB.call_if(item, "GetSpeed")
  if type(said) == "table" then
    said = said.Percentage
  end
  return TB.speed_of(said)
end

-- Say whether an item is the sound of a picture that runs at 100 %, counted at the timeline's rate.
local function sounds_plainly(row, pool)
  if row.track.kind ~= "audio" or not pool.plain or pool.rate ~= pool.project_rate then
    return false
  end
  return TB.first(TB.link_keys(row, pool), function(key)
    local other = pool.plain[key]
    return other and other.start == row.start and other.stop == row.stop and other.facts.id == row.facts.id
  end) ~= nil
end

-- Return the true source frames and the speed. When ``blind``, what surely runs at 100 % (media of the timeline's rate,
-- as many source as record frames) is not asked for its speed, and sound linked with such a picture not for its source
-- frames: they begin at its left offset then.
function TB.read_pace(row, left, pool, blind)
  local plain_speed = blind and TB.has(row.item, "GetSpeed") and { n = 1, d = 1 } or nil
  if blind and left and sounds_plainly(row, pool) then
    return { left, left + row.stop - row.start }, plain_speed
  end
  local source = TB.source_span(row.item)
  local rated = blind and row.facts and row.facts.rate ~= "" and row.facts.rate == pool.rate
  if rated and source and source[2] - source[1] == row.stop - row.start then
    pool.plain = pool.plain or {}
    pool.plain[row.key] = row
    return source, plain_speed
  end
  return source, TB.read_speed(row.item)
end

-- Return the keys of the linked items (19.0), sorted. Links go both ways, so one item of a group is asked.
function TB.link_keys(row, pool)
  if not pool["linked " .. row.key] then
    local group = { [row.key] = true }
    for _, other in ipairs(TB.entries(TB.call_if(row.item, "GetLinkedItems"))) do
      group[TB.short(other:GetUniqueId())] = true
    end
    local keys = TB.sorted_keys(group)
    for _, key in ipairs(keys) do
      pool["linked " .. key] = TB.each(keys, function(other) return other ~= key and other or nil end)
    end
  end
  return pool["linked " .. row.key]
end

-- Return {key, start, end} of the linked items (19.0), sorted by key.
function TB.read_links(item)
  local links = TB.each(TB.entries(TB.call_if(item, "GetLinkedItems")), function(other)
    return TB.array({ TB.short(other:GetUniqueId()), TB.whole(other:GetStart()), TB.whole(other:GetEnd()) })
  end)
  table.sort(links, function(left, right) return left[1] < right[1] end)
  return links
end

-- Return what a take swap must not touch on the clip itself: properties, colour, enabled, grade (of picture).
function TB.read_style(item, track, enabled)
  local grade = track.kind == "video" and TB.read_grade(item) or TB.array()
  return TB.array({ TB.entries(item:GetProperty()), item:GetClipColor() or "", enabled, grade })
end

-- Return node count and colour version. The node graph object came with 19.0; 18.x counts on the item.
function TB.read_grade(item)
  local graph = TB.call_if(item, "GetNodeGraph")
  local nodes
  if graph then
    nodes = graph:GetNumNodes()
  else
    nodes = TB.call_if(item, "GetNumNodes")
  end
  return TB.array({ TB.whole(nodes) or 0, TB.entries(item:GetCurrentVersion()) })
end

-- Return 1 where AddTake's endFrame is the last frame (18.x) rather than the one after it (19 and later), else 0.
function TB.counts_inclusive(version)
  return version[1] < 19 and 1 or 0
end

-- Return the TakeSlots of an item, ends exclusive whatever the version.
function TB.read_takes(item, version, pool)
  local slots = TB.array()
  for index = 1, TB.whole(item:GetTakesCount()) or 0 do
    local take = TB.entries(item:GetTakeByIndex(index))
    local media = take.mediaPoolItem
    local facts = media and TB.media_item(media, pool) or { id = "", path = "" }
    local host_end = TB.whole(take.endFrame)
    slots[index] = {
      index = index,
      media_id = facts.id,
      media_path = facts.path,
      start_source_frame = TB.whole(take.startFrame),
      end_source_frame = host_end and host_end + TB.counts_inclusive(version) or nil,
    }
  end
  return slots
end

end -- items

-- The media pool: bins, items, paths.

do

TB.WINDOWS = os.getenv("OS") == "Windows_NT"

local function listed(list, wanted)
  return TB.first(list, function(entry) return entry == wanted end) ~= nil
end

-- Call ``visit`` with every bin, our own first, until it returns something, and return that: a project may hold
-- thousands of clips and each id is a call.
function TB.visit_folders(root, visit)
  local waiting = { root }
  while #waiting > 0 do
    local folder = table.remove(waiting, 1)
    local inside = TB.entries(folder:GetSubFolderList())
    local ours = TB.each(inside, function(sub)
      return TB.starts(TB.text(sub:GetName()), "TakeBridge") and sub or nil
    end)
    for index, sub in ipairs(ours) do
      table.insert(waiting, index, sub)
    end
    for _, sub in ipairs(inside) do
      if not listed(ours, sub) then
        waiting[#waiting + 1] = sub
      end
    end
    local found = visit(folder)
    if found then
      return found
    end
  end
  return nil
end

-- Return the pool item with this id, or raise ``not_found``.
function TB.find_media(pool, wanted)
  local media = TB.visit_folders(pool:GetRootFolder(), function(folder)
    return TB.first(TB.entries(folder:GetClipList()), function(entry) return TB.media_id(entry) == wanted end)
  end)
  if not media then
    local details = { media_id = wanted }
    TB.refuse("not_found", "The media pool no longer has this take.", "Import it again.", details)
  end
  return media
end

-- Return the bin's item that plays this file, or nil. Bins list timelines as well; those have no path.
function TB.find_path(folder, path)
  return TB.first(TB.entries(folder:GetClipList()), function(media)
    return TB.same_path(media:GetClipProperty("File Path"), path)
  end)
end

-- Return a path as the operating system would read it, without touching the disk.
function TB.plain_path(path)
  if TB.WINDOWS then
    path = path:lower():gsub("/", "\\")
  end
  local slash = TB.WINDOWS and "\\" or "/"
  local root = path:match("^" .. slash .. "*")
  local parts = {}
  for part in path:gmatch("[^" .. slash .. "]+") do
    if part == ".." and #parts > 0 and parts[#parts] ~= ".." then
      parts[#parts] = nil
    elseif part ~= "." and not (part == ".." and root ~= "") then
      parts[#parts + 1] = part
    end
  end
  return (#root == 2 and root or root:sub(1, 1)) .. table.concat(parts, slash)
end

-- Compare two paths as the operating system would.
function TB.same_path(left, right)
  return TB.given(left) and TB.plain_path(tostring(left)) == TB.plain_path(right)
end

-- Say whether a path is absolute.
function TB.is_absolute(path)
  if not TB.WINDOWS then
    return TB.starts(path, "/")
  end
  return path:match("^%a:[\\/]") ~= nil or path:match("^[\\/][\\/]") ~= nil
end

-- Return the last part of a path.
function TB.base_name(path)
  return path:match(TB.WINDOWS and "([^/\\]*)$" or "([^/]*)$")
end

-- Return the sub-bin with exactly this name, or nil.
function TB.find_bin(parent, name)
  return TB.first(TB.entries(parent:GetSubFolderList()), function(sub) return sub:GetName() == name end)
end

-- Compare two bins by id; handles of the same bin may be different objects.
function TB.same_folder(left, right)
  local key = left and left:GetUniqueId()
  return TB.given(key) and right ~= nil and right ~= false and right:GetUniqueId() == key
end

end -- pool

#pragma once
#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "domain/account/account.h"
#include "domain/media/room_film.h"
#include "ports/room_store.h"
#include "services/rooms/room_directory.h"

namespace syncwatch::http {

/// A single resource under its noun and with its fields beside it, {"room":{…},"code":…}, so that
/// one decoder serves the answers of POST, GET and PATCH.
boost::json::object resource(std::string_view noun, boost::json::object fields);

/// The text, or null where it is empty.
boost::json::value text_or_null(const std::string& text);

boost::json::object user_json(const Account& account);
boost::json::object room_json(const RoomView& view);
/// What is told of a film before one has come in: its title and a still.
boost::json::object door_film_json(const RoomFilm& film);
boost::json::object ban_json(const Ban& ban);

}  // namespace syncwatch::http

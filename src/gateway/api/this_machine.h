#pragma once
#include <string_view>

#include "gateway/http/message.h"

namespace syncwatch::http {

/// True if a host, with or without a port, can only mean the machine that it is said on:
/// "localhost", "127.0.0.1:8080", "[::1]".
bool names_this_machine(std::string_view authority);

/// True unless the request says that it came by another name or through a proxy. A page of another
/// site can make its own name lead here (DNS rebinding), and a proxy brings strangers to a server
/// that listens on loopback alone; both tell by this.
bool is_meant_for_this_machine(const Request& request);

}  // namespace syncwatch::http

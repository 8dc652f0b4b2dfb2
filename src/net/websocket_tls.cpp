#include <boost/beast/websocket/ssl.hpp>

#include "net/asio.h"
#include "net/websocket_session.h"

namespace attune::net {

std::shared_ptr<SocketSession> makeSession(asio::ssl::stream<TcpSocket> stream, SocketSetup setup) {
  return std::make_shared<SessionOver<asio::ssl::stream<TcpSocket>>>(std::move(stream),
                                                                     std::move(setup));
}

}  // namespace attune::net
